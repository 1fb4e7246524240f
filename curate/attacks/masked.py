"""Attacks by masked language models."""

from collections.abc import Sequence
from typing import Any, ClassVar

from curate.attacks.comparing import Compared
from curate.augmenting.resources import UsesMasked, UsesWordNet
from curate.models.masked import load_masked

_MASKED = "a masked language model"


class BAE(UsesWordNet, UsesMasked, Compared):
    """Words that matter most are replaced by what a masked language model expects (BAE-R)."""

    name: ClassVar[str] = "BAE"
    paper: ClassVar[str] = "Garg and Ramakrishnan 2020, arXiv 2004.01970"
    needs: ClassVar[str] = f"{_MASKED} and WordNet; an embedding model if wanted"

    def transformation(self) -> Any:
        """One of the 50 likeliest words."""
        from curate.augmenting.textattack_parts.masked import SwapMasked, settings_of

        known = settings_of(load_masked(self._model), f"model {self.model!r}")
        return SwapMasked(method="bae", max_candidates=50, min_confidence=0.0, **known)

    def constraints(self) -> Sequence[Any]:
        """One part of speech, and a similar text around the change."""
        from curate.augmenting.textattack_parts.speech import SharedPartOfSpeech

        same = self.same_meaning(
            threshold=0.936338023,
            metric="cosine",
            window_size=15,
            skip_text_shorter_than_window=True,
        )
        return [SharedPartOfSpeech(self.dictionary()), *same]


class BERTAttack(UsesMasked, Compared):
    """Words are replaced by combinations of the tokens that a masked language model expects."""

    name: ClassVar[str] = "BERTAttack"
    paper: ClassVar[str] = "Li et al. 2020, arXiv 2004.09984"
    needs: ClassVar[str] = f"{_MASKED}; an embedding model if wanted"

    def transformation(self) -> Any:
        """The 8 likeliest tokens at each place."""
        from curate.augmenting.textattack_parts.masked import SwapTokens, settings_of

        known = settings_of(load_masked(self._model), f"model {self.model!r}")
        return SwapTokens(method="bert-attack", max_candidates=8, **known)

    def constraints(self) -> Sequence[Any]:
        """Two fifths of the words, and a text that is a little similar."""
        from textattack.constraints.overlap import MaxWordsPerturbed

        few = MaxWordsPerturbed(max_percent=0.4)
        return [few, *self.same_meaning(threshold=0.2, metric="cosine")]

    def search(self) -> Any:
        """By what the answer loses where a word is unknown."""
        from curate.attacks.textattack_parts.searches import WordsByWeight

        return WordsByWeight(wir_method="unk")


class CLARE(UsesWordNet, UsesMasked, Compared):
    """Words replaced, put in or merged as a masked language model expects, the best first."""

    name: ClassVar[str] = "CLARE"
    paper: ClassVar[str] = "Li et al. 2020, arXiv 2009.07502"
    needs: ClassVar[str] = f"{_MASKED} and WordNet; an embedding model if wanted"

    def transformation(self) -> Any:
        """The three changes."""
        from curate.augmenting.textattack_parts.masked import clare

        return clare(load_masked(self._model), self.dictionary(), f"model {self.model!r}")

    def constraints(self) -> Sequence[Any]:
        """A similar text around the change."""
        window = {"window_size": 15, "skip_text_shorter_than_window": True}
        return self.same_meaning(threshold=0.7, metric="cosine", **window)

    def search(self) -> Any:
        """The best change of all."""
        from curate.attacks.textattack_parts.searches import BestFirst

        return BestFirst()
