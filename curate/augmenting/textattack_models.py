"""Augmenters of TextAttack that need word vectors or models, which lie on the disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_serializer, model_validator

from curate.augmenting.resources import UsesEncoder, UsesMasked, UsesVectors, UsesWordNet
from curate.augmenting.textattack_augmenter import TextAttackAugmenter, WordAugmenter
from curate.errors import RefusedError
from curate.models.files import ModelFiles
from curate.models.local import find_local
from curate.models.masked import load_masked


class EmbeddingAugmenter(UsesVectors, WordAugmenter):
    """Words replaced by those with the nearest vectors."""

    name: ClassVar[str] = "EmbeddingAugmenter"
    version: ClassVar[int] = 1
    needs: ClassVar[str] = "a text file of word vectors"
    depends: ClassVar[tuple[str, ...]] = ("numpy", "textattack", "torch")

    max_candidates: int = Field(default=50, ge=1)
    """How many of the nearest words are tried."""
    min_cos_sim: float = Field(default=0.8, ge=-1, le=1)
    """The least cosine of both vectors."""

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own."""
        from textattack.constraints.semantics import WordEmbeddingDistance
        from textattack.transformations import WordSwapEmbedding

        from curate.augmenting.textattack_parts.vectors import FileVectors

        vectors = FileVectors(self.known_vectors())
        near = WordEmbeddingDistance(embedding=vectors, min_cos_sim=self.min_cos_sim)
        swap = WordSwapEmbedding(max_candidates=self.max_candidates, embedding=vectors)
        return [self.wrapped(swap, [near])]


class CLAREAugmenter(UsesWordNet, UsesMasked, UsesEncoder, WordAugmenter):
    """Words replaced, put in and merged as a masked language model expects them.

    It is the method of Li et al. 2020 (arXiv 2009.07502). Which words may be merged is told by
    their parts of speech in WordNet, in place of a tagger that is fetched.
    """

    name: ClassVar[str] = "CLAREAugmenter"
    version: ClassVar[int] = 1
    needs: ClassVar[str] = "a masked language model, and WordNet; an embedding model if wanted"
    modules: ClassVar[tuple[str, ...]] = ("textattack", "flair", "torch", "transformers")
    depends: ClassVar[tuple[str, ...]] = ("textattack", "tokenizers", "torch", "transformers")
    unit: ClassVar[Literal["stretch", "sentence"]] = "sentence"

    threshold: float = Field(default=0.7, ge=-1, le=1)
    """The least cosine of the vectors of 15 words around a change."""

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own."""
        from curate.augmenting.textattack_parts.masked import clare
        from curate.augmenting.textattack_parts.meaning import SameMeaning

        changes = clare(load_masked(self._model), self.dictionary(), f"model {self.model!r}")
        if self._encoder is None:
            return [self.wrapped(changes)]
        window = {"window_size": 15, "skip_text_shorter_than_window": True}
        same = SameMeaning(self._encoder, threshold=self.threshold, metric="cosine", **window)
        return [self.wrapped(changes, [same])]


class BackTranslationAugmenter(TextAttackAugmenter):
    """Sentences translated into other languages and back by two Marian models."""

    name: ClassVar[str] = "BackTranslationAugmenter"
    version: ClassVar[int] = 1
    needs: ClassVar[str] = "two translation models (Marian)"
    modules: ClassVar[tuple[str, ...]] = ("textattack", "flair", "torch", "transformers")
    depends: ClassVar[tuple[str, ...]] = ("sentencepiece", "textattack", "torch", "transformers")
    unit: ClassVar[Literal["stretch", "sentence"]] = "sentence"

    target_model: str
    """The model that translates texts from their own language: a folder, relative to the recipe,
    or an id in the local cache of the Hub, such as Helsinki-NLP/opus-mt-en-ROMANCE."""
    src_model: str
    """The one that translates back, such as Helsinki-NLP/opus-mt-ROMANCE-en."""
    src_lang: str = "en"
    """The language of the texts."""
    target_lang: str = "es"
    """The other one, where it is not drawn."""
    chained_back_translation: int = Field(default=5, ge=0)
    """Through how many languages of the model, drawn at random, a text goes one after the other;
    0 for `target_lang` alone."""

    _target: ModelFiles = PrivateAttr()
    _src: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _models_are_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._target = find_local(self.target_model, base)
        self._src = find_local(self.src_model, base)
        return self

    @field_serializer("target_model", "src_model", when_used="json")
    def _models_without_path(self, _name: str, info: Any) -> str:
        files = self._target if info.field_name == "target_model" else self._src
        return f"sha256:{files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """The hashes of the models."""
        return (self._target.hash.encode(), self._src.hash.encode())

    def pieces(self, text: str) -> list[str]:
        """The sentence as a whole."""
        return [text]

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own. Raises RefusedError where the model knows too few languages."""
        from textattack.augmentation import Augmenter as Own

        from curate.augmenting.textattack_parts.translation import Translated

        through = Translated(self._target, self._src, (self.src_lang, self.target_lang))
        known = through.target_tokenizer.supported_language_codes
        where, found = f"augmenter {self.name}", f"model {self.target_model!r} knows "
        if self.chained_back_translation > len(known):
            right = f"Set chained_back_translation to at most {len(known)}"
            raise RefusedError(where, f"{found}{len(known)} languages that can be drawn", right)
        if not self.chained_back_translation and known and f">>{self.target_lang}<<" not in known:
            listed = ", ".join(code.strip("<>") for code in known)
            raise RefusedError(where, f"{found}no {self.target_lang!r}", f"It knows {listed}")
        through.chained_back_translation = self.chained_back_translation
        return [Own(through)]
