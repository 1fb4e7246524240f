"""Attacks that replace words by synonyms of WordNet."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from curate.attacks.recipe import AttackRecipe
from curate.augmenting.resources import UsesWordNet


class BySynonyms(UsesWordNet, AttackRecipe):
    """The base of these."""

    needs: ClassVar[str] = "WordNet"

    def transformation(self) -> Any:
        """A word replaced by a synonym."""
        from curate.augmenting.textattack_parts.words import SwapSynonyms

        return SwapSynonyms(self.dictionary())


class PWWS(BySynonyms):
    """Words are replaced by synonyms, in the order of what they matter and what a change gives."""

    name: ClassVar[str] = "PWWS"
    paper: ClassVar[str] = "Ren et al. 2019, ACL P19-1103"

    def search(self) -> Any:
        """By saliency, weighed with the best change of each word."""
        from curate.attacks.textattack_parts.searches import WordsByWeight

        return WordsByWeight(wir_method="weighted-saliency")

    def notes(self) -> Sequence[str]:
        """What TextAttack leaves out."""
        return ["as in TextAttack, names are not exchanged"]


class LEAP(BySynonyms):
    """Synonyms by particle swarms whose steps follow Lévy's distribution."""

    name: ClassVar[str] = "LEAP"
    paper: ClassVar[str] = "Xiao et al. 2023, arXiv 2308.11284"

    pop_size: int = Field(default=60, ge=2)
    """Particles."""
    max_iters: int = Field(default=20, ge=1)
    """Rounds."""

    def constraints(self) -> Sequence[Any]:
        """A sixth of the words."""
        from textattack.constraints.pre_transformation import MaxModificationRate

        return [MaxModificationRate(max_rate=0.16)]

    def changes_again(self) -> bool:
        """Particles come back to words."""
        return True

    def search(self) -> Any:
        """By swarms."""
        from textattack.search_methods import ParticleSwarmOptimizationLEAP

        return ParticleSwarmOptimizationLEAP(pop_size=self.pop_size, max_iters=self.max_iters)
