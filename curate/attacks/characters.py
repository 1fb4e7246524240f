"""Attacks that misspell words, leave them out, or change names and numbers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from curate.attacks.comparing import ByVectors, Compared
from curate.attacks.recipe import AttackRecipe
from curate.augmenting.textattack_words import checklist

_INSIDE = {"skip_first_char": True, "skip_last_char": True}


class DeepWordBug(AttackRecipe):
    """Letters of the words that matter most are exchanged, replaced, left out or put in."""

    name: ClassVar[str] = "DeepWordBug"
    paper: ClassVar[str] = "Gao et al. 2018, arXiv 1801.04354"

    max_edit_distance: int = Field(default=30, ge=1)
    """How many letters may differ in all (Levenshtein)."""

    def transformation(self) -> Any:
        """One letter of a word."""
        from textattack import transformations as of

        return of.CompositeTransformation(
            [
                of.WordSwapNeighboringCharacterSwap(),
                of.WordSwapRandomCharacterSubstitution(),
                of.WordSwapRandomCharacterDeletion(),
                of.WordSwapRandomCharacterInsertion(),
            ]
        )

    def constraints(self) -> Sequence[Any]:
        """Few letters."""
        from textattack.constraints.overlap import LevenshteinEditDistance

        return [LevenshteinEditDistance(self.max_edit_distance)]

    def search(self) -> Any:
        """By what the answer loses where a word is unknown."""
        from curate.attacks.textattack_parts.searches import WordsByWeight

        return WordsByWeight(wir_method="unk")


class Pruthi(AttackRecipe):
    """A typing error in one word: letters inside it exchanged, left out, put in or neighbours."""

    name: ClassVar[str] = "Pruthi"
    paper: ClassVar[str] = "Pruthi et al. 2019, arXiv 1905.11268"

    max_num_word_swaps: int = Field(default=1, ge=1)
    """How many words may differ."""

    def transformation(self) -> Any:
        """All typing errors of a word."""
        from textattack import transformations as of

        return of.CompositeTransformation(
            [
                of.WordSwapNeighboringCharacterSwap(random_one=False, **_INSIDE),
                of.WordSwapRandomCharacterDeletion(random_one=False, **_INSIDE),
                of.WordSwapRandomCharacterInsertion(random_one=False, **_INSIDE),
                of.WordSwapQWERTY(random_one=False, **_INSIDE),
            ]
        )

    def constraints(self) -> Sequence[Any]:
        """Words of four letters or more, and few of them."""
        from textattack.constraints.overlap import MaxWordsPerturbed
        from textattack.constraints.pre_transformation import MinWordLength

        return [MinWordLength(min_length=4), MaxWordsPerturbed(self.max_num_word_swaps)]

    def search(self) -> Any:
        """The best error of all words."""
        from curate.attacks.textattack_parts.searches import BestFirst

        return BestFirst()


class TextBugger(ByVectors, Compared):
    """Errors that people read over: spaces, letters that look alike, and words that mean alike."""

    name: ClassVar[str] = "TextBugger"
    paper: ClassVar[str] = "Li et al. 2018, arXiv 1812.05271"
    needs: ClassVar[str] = "word vectors; an embedding model if wanted"

    def transformation(self) -> Any:
        """The five bugs of the paper."""
        from textattack import transformations as of

        from curate.augmenting.textattack_parts.words import SwapHomoglyphs

        return of.CompositeTransformation(
            [
                of.WordSwapRandomCharacterInsertion(letters_to_insert=" ", **_INSIDE),
                of.WordSwapRandomCharacterDeletion(**_INSIDE),
                of.WordSwapNeighboringCharacterSwap(**_INSIDE),
                SwapHomoglyphs(),
                self.nearest(self.vectors_of_file(), 5),
            ]
        )

    def constraints(self) -> Sequence[Any]:
        """As similar as the paper asks for."""
        return self.same_meaning(threshold=0.8, metric="angular")


class InputReduction(AttackRecipe):
    """Words are left out as long as the answer stays: what is left shows what it hangs on."""

    name: ClassVar[str] = "InputReduction"
    paper: ClassVar[str] = "Feng et al. 2018, arXiv 1804.07781"
    fools: ClassVar[bool] = False

    def transformation(self) -> Any:
        """A word left out."""
        from textattack.transformations import WordDeletion

        return WordDeletion()


class CheckList(AttackRecipe):
    """Names, places and numbers replaced, and words shortened or written out."""

    name: ClassVar[str] = "CheckList"
    paper: ClassVar[str] = "Ribeiro et al. 2020, arXiv 2005.04118"

    def transformation(self) -> Any:
        """The invariance tests."""
        return checklist()

    def search(self) -> Any:
        """The best change of all."""
        from curate.attacks.textattack_parts.searches import BestFirst

        return BestFirst()

    def keeps_stop_words(self) -> bool:
        """They are shortened: `do not` as `don't`."""
        return False

    def notes(self) -> Sequence[str]:
        """How names are found."""
        return ["names and places are found by TextAttack's lists, in place of a model"]
