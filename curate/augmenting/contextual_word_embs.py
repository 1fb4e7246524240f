"""Words that a language model expects: nlpaug's `ContextualWordEmbsAug`."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.augmenter import Unit
from curate.augmenting.draws import Draws
from curate.augmenting.expected_words import Around, Expectation, Logits, drawn_word, expectation
from curate.augmenting.token_augmenter import WordAugmenter
from curate.augmenting.tokens import aligned, detokenized, joined, parted
from curate.models.files import ModelFiles
from curate.models.local import find_local


class ContextualWordEmbsAug(WordAugmenter):
    """Replaces words by others that a masked language model expects there, or inserts such words.

    A word is masked as a whole and replaced by a whole word: one of the most expected, as likely as
    it is expected. nlpaug knows the vocabularies of BERT and RoBERTa by their names, and draws in
    another way; what is not changed stays as it was written.
    """

    name: ClassVar[str] = "ContextualWordEmbsAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "train"
    modules: ClassVar[tuple[str, ...]] = ("transformers", "torch")
    needs: ClassVar[str] = "a masked language model"
    depends: ClassVar[tuple[str, ...]] = ("tokenizers", "torch", "transformers")
    unit: ClassVar[Unit] = "passage"

    model_path: str = Field(default="bert-base-uncased", exclude=True)
    """The masked language model: a folder, relative to the recipe, or an id in the local cache of
    the Hub."""
    action: Literal["insert", "substitute"] = "substitute"
    """Whether words are put in, or replaced."""
    top_k: int | None = Field(default=100, ge=1)
    """Of so many of the most expected words one is drawn; null for all that there are."""

    _files: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        self._files = find_local(self.model_path, (info.context or {}).get("base", Path()))
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of the model."""
        return [self._files.hash.encode()]

    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Change words of each text, one after the other: of all texts the n-th at once."""
        model = expectation(self._files)
        works = [_Work(self, *each) for each in zip(texts, seeds, strict=True)]
        while open_ := [work for work in works if work.places]:
            asked = [work.around(self.action) for work in open_]
            for work, logits in zip(open_, model.logits(asked), strict=True):
                work.change(self, model, logits)
        return [work.text(self.spacing == "kept") for work in works]


class _Work:
    """A text whose words are changed, the last of those that are drawn first."""

    def __init__(self, augmenter: ContextualWordEmbsAug, text: str, seed: int) -> None:
        self._given = text
        self._parts = parted(text)
        self._draws = Draws()
        self._draws.seed(seed)
        tokens = self._parts[1::2]
        words = [place for place, token in enumerate(tokens) if token.isalpha()]
        drawable = augmenter.words_of(tokens, words)
        self.places = sorted(augmenter.drawn(tokens, drawable, self._draws))
        self._changed = False

    def around(self, action: str) -> Around:
        """What stands around the next place."""
        at = 2 * self.places[-1] + 1
        before, after = "".join(self._parts[:at]), "".join(self._parts[at + 1 :])
        return Around(before, after if action == "substitute" else f" {self._parts[at]}{after}")

    def change(self, augmenter: ContextualWordEmbsAug, model: Expectation, logits: Logits) -> None:
        """Put in what is drawn of the words that are expected at the next place."""
        at = 2 * self.places.pop() + 1
        own = self._parts[at]
        near = own if augmenter.action == "substitute" else self._parts[max(at - 2, 1)]
        share = self._draws.bits(53) / (1 << 53)
        word = drawn_word(model.vocabulary, logits, (own, near), augmenter.top_k, share)
        if word is None:
            return
        self._changed = True
        inserted = augmenter.action == "insert"
        self._parts[at] = f"{word} {own}" if inserted else aligned(own, word)

    def text(self, kept: bool) -> str:
        """The text as it is now."""
        if not self._changed:
            return self._given
        tokens = self._parts[1::2]
        return joined(self._parts, tokens) if kept else detokenized(tokens)
