"""Attacks that replace words by those with near vectors."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from curate.attacks.comparing import ByVectors, Compared, Likely
from curate.augmenting.resources import UsesWordNet

_VECTORS = "word vectors"


class TextFooler(UsesWordNet, ByVectors, Compared):
    """Words that matter most are replaced by near ones of the same part of speech and meaning."""

    name: ClassVar[str] = "TextFooler"
    paper: ClassVar[str] = "Jin et al. 2019, arXiv 1907.11932"
    needs: ClassVar[str] = f"{_VECTORS} and WordNet; an embedding model if wanted"

    def transformation(self) -> Any:
        """One of the 50 nearest words."""
        return self.nearest(self.vectors_of_file(), 50)

    def constraints(self) -> Sequence[Any]:
        """Near vectors, one part of speech, and a similar text around the change."""
        from textattack.constraints.semantics import WordEmbeddingDistance

        from curate.augmenting.textattack_parts.speech import SharedPartOfSpeech

        return [
            WordEmbeddingDistance(embedding=self.vectors_of_file(), min_cos_sim=0.5),
            SharedPartOfSpeech(self.dictionary()),
            *self.same_meaning(
                threshold=0.840845057,
                metric="angular",
                compare_against_original=False,
                window_size=15,
                skip_text_shorter_than_window=True,
            ),
        ]


class A2T(UsesWordNet, ByVectors, Compared):
    """The cheap attack for adversarial training: words in the order of their gradients."""

    name: ClassVar[str] = "A2T"
    paper: ClassVar[str] = "Yoo and Qi 2021, arXiv 2109.00544"
    needs: ClassVar[str] = (
        f"{_VECTORS}, WordNet and a classifier of transformers; an embedding model if wanted"
    )
    white_box: ClassVar[bool] = True

    def transformation(self) -> Any:
        """One of the 20 nearest words."""
        return self.nearest(self.vectors_of_file(), 20)

    def constraints(self) -> Sequence[Any]:
        """A tenth of the words, or four; near vectors, and one part of speech."""
        from textattack.constraints.pre_transformation import MaxModificationRate
        from textattack.constraints.semantics import WordEmbeddingDistance

        from curate.augmenting.textattack_parts.speech import SharedPartOfSpeech

        return [
            SharedPartOfSpeech(self.dictionary(), allow_verb_noun_swap=False),
            MaxModificationRate(max_rate=0.1, min_threshold=4),
            *self.same_meaning(threshold=0.9, metric="cosine"),
            WordEmbeddingDistance(embedding=self.vectors_of_file(), min_cos_sim=0.8),
        ]

    def search(self) -> Any:
        """By gradients."""
        from curate.attacks.textattack_parts.searches import WordsByWeight

        return WordsByWeight(wir_method="gradient")


class Kuleshov(ByVectors, Likely):
    """The best replacement of all words by near ones, as long as the text stays near and likely.

    TextAttack calls it a success where the probability of the right label is below 0.7; here only
    a wrong answer is one.
    """

    name: ClassVar[str] = "Kuleshov"
    paper: ClassVar[str] = "Kuleshov et al. 2018, OpenReview r1QZ3zbAZ"
    needs: ClassVar[str] = f"{_VECTORS}; a causal language model if wanted"

    def transformation(self) -> Any:
        """One of the 15 nearest words."""
        return self.nearest(self.vectors_of_file(), 15)

    def constraints(self) -> Sequence[Any]:
        """Half of the words, near the mean of all vectors, and likely words."""
        from textattack.constraints.overlap import MaxWordsPerturbed
        from textattack.constraints.semantics.sentence_encoders import ThoughtVector

        vectors = self.vectors_of_file()
        near = ThoughtVector(embedding=vectors, threshold=0.2, metric="max_euclidean")
        return [MaxWordsPerturbed(max_percent=0.5), near, *self.likely(2.0)]

    def search(self) -> Any:
        """The best change of all."""
        from curate.attacks.textattack_parts.searches import BestFirst

        return BestFirst()


class Genetic(ByVectors):
    """The base of genetic algorithms."""

    needs: ClassVar[str] = _VECTORS

    pop_size: int = Field(default=60, ge=2)
    """Texts of a generation."""
    max_iters: int = Field(default=20, ge=1)
    """Generations."""

    def few_and_near(self, against_original: bool) -> list[Any]:
        """A fifth of the words, with vectors at most 0.5 apart (squared)."""
        from textattack.constraints.overlap import MaxWordsPerturbed
        from textattack.constraints.semantics import WordEmbeddingDistance

        near = WordEmbeddingDistance(
            embedding=self.vectors_of_file(),
            max_mse_dist=0.5,
            compare_against_original=against_original,
        )
        return [MaxWordsPerturbed(max_percent=0.2), near]


class IGA(Genetic):
    """The improved genetic algorithm, in which a word may be changed again."""

    name: ClassVar[str] = "IGA"
    paper: ClassVar[str] = "Wang et al. 2019, arXiv 1909.06723"

    def transformation(self) -> Any:
        """One of the 50 nearest words."""
        return self.nearest(self.vectors_of_file(), 50)

    def constraints(self) -> Sequence[Any]:
        """Few words, near those before."""
        return self.few_and_near(against_original=False)

    def changes_again(self) -> bool:
        """A word may be changed up to five times."""
        return True

    def search(self) -> Any:
        """By generations."""
        from textattack.search_methods import ImprovedGeneticAlgorithm

        size = {"pop_size": self.pop_size, "max_iters": self.max_iters}
        again = {"max_replace_times_per_index": 5, "post_crossover_check": False}
        return ImprovedGeneticAlgorithm(**size, **again)


class GeneticAlgorithm(Genetic, Likely):
    """The genetic algorithm of Alzantot."""

    name: ClassVar[str] = "GeneticAlgorithm"
    paper: ClassVar[str] = "Alzantot et al. 2018, arXiv 1804.07998"
    needs: ClassVar[str] = f"{_VECTORS}; a causal language model if wanted"

    def transformation(self) -> Any:
        """One of the 8 nearest words."""
        return self.nearest(self.vectors_of_file(), 8)

    def constraints(self) -> Sequence[Any]:
        """Few words, near those before, and likely."""
        return [*self.few_and_near(against_original=False), *self.likely(5.0, False)]

    def search(self) -> Any:
        """By generations."""
        from textattack.search_methods import AlzantotGeneticAlgorithm

        size = {"pop_size": self.pop_size, "max_iters": self.max_iters}
        return AlzantotGeneticAlgorithm(**size, post_crossover_check=False)


class FasterGeneticAlgorithm(GeneticAlgorithm):
    """The same with words compared with those of the text at first."""

    name: ClassVar[str] = "FasterGeneticAlgorithm"
    paper: ClassVar[str] = "Jia et al. 2019, arXiv 1909.00986"

    max_iters: int = Field(default=40, ge=1)
    """Generations."""

    def constraints(self) -> Sequence[Any]:
        """Few words, near the first ones, and likely."""
        return [*self.few_and_near(against_original=True), *self.likely(5.0)]
