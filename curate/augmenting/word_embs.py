"""Words with near vectors: nlpaug's `WordEmbsAug`."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.draws import Draws
from curate.augmenting.token_augmenter import WordEditor
from curate.augmenting.tokens import aligned
from curate.augmenting.word_vectors import WordVectors, vectors_hash, word_vectors
from curate.augmenting.word_vectors_binary import binary_vectors
from curate.models.files import user_path

_DIGITS = 6
"""Of cosines: what is closer is a tie, which the order of the file decides."""


class WordEmbsAug(WordEditor):
    """Replaces words by those whose vectors are nearest, or inserts any words that have one."""

    name: ClassVar[str] = "WordEmbsAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    needs: ClassVar[str] = "a file of word vectors (word2vec, GloVe or fastText)"
    depends: ClassVar[tuple[str, ...]] = ("numpy",)

    model_type: Literal["word2vec", "glove", "fasttext"]
    """How the file is written: `word2vec` in binary, `glove` as text, `fasttext` as text with a
    line in front (`.vec`)."""
    model_path: str = Field(exclude=True)
    """The file of vectors, relative to the recipe."""
    action: Literal["insert", "substitute"] = "substitute"
    """Whether words are put in, or replaced."""
    top_k: int | None = Field(default=100, ge=1)
    """Of so many nearest words one is drawn; null for all that there are."""
    n_gram_separator: str = Field(default="_", min_length=1)
    """Of a phrase that is put in only what stands before this."""

    _path: Path = PrivateAttr()
    _digest: str = PrivateAttr()

    @model_validator(mode="after")
    def _vectors_are_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._path = (base / user_path(self.model_path)).absolute()
        self._digest = vectors_hash(self._path)
        return self

    def files(self) -> Sequence[bytes]:
        """The hash of the file."""
        return [self._digest.encode()]

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Replace words that are drawn, or put others in front of them."""
        near = _near(self._path, self._digest, self.model_type == "word2vec")
        if self.action == "insert":
            drawn = self.drawn(tokens, self.words_of(tokens, range(len(tokens))), draws)
            for place in sorted(drawn, reverse=True):
                word = draws.one(near.words)
                word = word.split(self.n_gram_separator)[0]
                tokens[place] = f"{word} {tokens[place]}" if word else tokens[place]
            return tokens if drawn else None
        known = [place for place, token in enumerate(tokens) if token in near.places]
        drawn = self.drawn(tokens, self.words_of(tokens, known), draws)
        for place in drawn:
            others = near.to(tokens[place], self.top_k)
            if others:
                word = draws.one(others)
                tokens[place] = aligned(tokens[place], word) if place == 0 else word
        return tokens if drawn else None


class Near:
    """The words of a file by their nearness to each other, as the cosine of their vectors."""

    def __init__(self, vectors: WordVectors) -> None:
        self.words = vectors.words
        self.places = {word: place for place, word in enumerate(vectors.words)}
        lengths = np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
        self._unit: npt.NDArray[np.float32] = vectors.matrix / np.maximum(lengths, 1e-12)
        self._known: dict[tuple[str, int | None], tuple[str, ...]] = {}

    def to(self, word: str, most: int | None) -> tuple[str, ...]:
        """The nearest words of one, at most so many, without itself in any case."""
        if (word, most) not in self._known:
            place = self.places[word]
            cosines = np.round(self._unit @ self._unit[place], _DIGITS)
            cosines[place] = -np.inf
            # As nlpaug does: one more than is wanted, and then those of the same letters out.
            order = np.argsort(-cosines, kind="stable")[: len(cosines) - 1][
                : None if most is None else most + 1
            ]
            found = [self.words[each] for each in order.tolist()]
            others = tuple(each for each in found if each.lower() != word.lower())
            self._known[word, most] = others[:most]
        return self._known[word, most]


@lru_cache(maxsize=2)
def _near(path: Path, digest: str, binary: bool) -> Near:
    return Near((binary_vectors if binary else word_vectors)(path, digest))
