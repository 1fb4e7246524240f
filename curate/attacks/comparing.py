"""What several attacks have in common: synonyms, word vectors, and comparing meanings."""

from collections.abc import Sequence
from typing import Any

from curate.attacks.recipe import AttackRecipe
from curate.augmenting.resources import UsesEncoder, UsesLanguageModel, UsesVectors


class Compared(UsesEncoder, AttackRecipe):
    """The base of attacks whose texts are compared by an embedding model."""

    def same_meaning(self, **settings: Any) -> list[Any]:
        """The constraint, where an encoder is named."""
        from curate.augmenting.textattack_parts.meaning import SameMeaning

        return [SameMeaning(self._encoder, **settings)] if self._encoder else []

    def notes(self) -> Sequence[str]:
        """What meanings are compared by."""
        if self._encoder is None:
            return [*super().notes(), "meanings are not compared: no encoder was named"]
        told = f"meanings are compared by {self._encoder.described()}, with the limits of the paper"
        return [*super().notes(), told]


class ByVectors(UsesVectors, AttackRecipe):
    """The base of attacks that replace words by those with near vectors."""

    def vectors_of_file(self) -> Any:
        """The vectors, for TextAttack."""
        from curate.augmenting.textattack_parts.vectors import FileVectors

        return FileVectors(self.known_vectors())

    def nearest(self, vectors: Any, count: int) -> Any:
        """The change of a word to one of so many of the nearest."""
        from textattack.transformations import WordSwapEmbedding

        return WordSwapEmbedding(max_candidates=count, embedding=vectors)


class Likely(UsesLanguageModel, AttackRecipe):
    """The base of attacks that look how likely words are to a language model."""

    def likely(self, most: float, against_original: bool = True) -> list[Any]:
        """The constraint, where a model is named: `most` is what a logarithm may lose."""
        if self._language_model is None:
            return []
        from curate.augmenting.textattack_parts.meaning import LikelyWord
        from curate.models.loading import load_model, load_tokenizer

        found = self._language_model
        model, tokenizer = load_model(found, "float32").eval(), load_tokenizer(found)
        against = {"compare_against_original": against_original}
        return [LikelyWord(model, tokenizer, max_log_prob_diff=most, **against)]

    def notes(self) -> Sequence[str]:
        """What tells how likely words are."""
        if self._language_model is None:
            told = "it is not looked how likely words are: no language_model was named"
        else:
            told = f"how likely words are is told by {self._language_model.folder.name}"
        return [*super().notes(), told]
