"""Augmenters of TextAttack that need no more than the text, or WordNet."""

from collections.abc import Sequence
from typing import Any, ClassVar

from curate.augmenting.resources import UsesWordNet
from curate.augmenting.textattack_augmenter import WordAugmenter


class CharSwapAugmenter(WordAugmenter):
    """Two letters of a word exchanged, or one replaced, left out or put in."""

    name: ClassVar[str] = "CharSwapAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own."""
        from textattack import transformations as of

        return [
            self.wrapped(
                of.CompositeTransformation(
                    [
                        of.WordSwapNeighboringCharacterSwap(),
                        of.WordSwapRandomCharacterSubstitution(),
                        of.WordSwapRandomCharacterDeletion(),
                        of.WordSwapRandomCharacterInsertion(),
                    ]
                )
            )
        ]


class DeletionAugmenter(WordAugmenter):
    """Words left out."""

    name: ClassVar[str] = "DeletionAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own."""
        from textattack.transformations import WordDeletion

        return [self.wrapped(WordDeletion())]


class SwapAugmenter(WordAugmenter):
    """Words exchanged with others of the text."""

    name: ClassVar[str] = "SwapAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own."""
        from curate.augmenting.textattack_parts.words import SwapPlaces

        return [self.wrapped(SwapPlaces())]


class CheckListAugmenter(WordAugmenter):
    """Names, places and numbers replaced, and words such as `do not` shortened or written out.

    It is the invariance test of Ribeiro et al. 2020 (arXiv 2005.04118). TextAttack finds names and
    places by a model that it fetches; here they are those of its own lists.
    """

    name: ClassVar[str] = "CheckListAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own, which may change stop words."""
        from textattack.augmentation import Augmenter as Own
        from textattack.constraints.pre_transformation import RepeatModification

        changes, kept = checklist(), [RepeatModification()]
        return [Own(changes, constraints=kept, pct_words_to_swap=self.pct_words_to_swap)]


class DictionaryAugmenter(UsesWordNet, WordAugmenter):
    """The base of those that need WordNet."""

    needs: ClassVar[str] = "WordNet"


class WordNetAugmenter(DictionaryAugmenter):
    """Words replaced by synonyms of WordNet."""

    name: ClassVar[str] = "WordNetAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own, with synonyms in an order that stays."""
        from curate.augmenting.textattack_parts.words import SwapSynonyms

        return [self.wrapped(SwapSynonyms(self.dictionary()))]


class SynonymInsertionAugmenter(DictionaryAugmenter):
    """Synonyms of words of the text put in at other places."""

    name: ClassVar[str] = "SynonymInsertionAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own, with synonyms in an order that stays."""
        from curate.augmenting.textattack_parts.words import InsertSynonyms

        return [self.wrapped(InsertSynonyms(self.dictionary()))]


class EasyDataAugmenter(DictionaryAugmenter):
    """Easy data augmentation (Wei and Zou 2019, arXiv 1901.11196).

    One of: synonyms of WordNet, words left out, words exchanged, synonyms put in.
    """

    name: ClassVar[str] = "EasyDataAugmenter"
    version: ClassVar[int] = 1

    def made(self) -> Sequence[Any]:
        """Make TextAttack's own four."""
        from textattack.transformations import WordDeletion

        from curate.augmenting.textattack_parts.words import (
            InsertSynonyms,
            SwapPlaces,
            SwapSynonyms,
        )

        words = self.dictionary()
        all_four = SwapSynonyms(words), WordDeletion(), SwapPlaces(), InsertSynonyms(words)
        return [self.wrapped(one) for one in all_four]


def checklist() -> Any:
    """CheckList's changes as one transformation; TextAttack is imported."""
    from textattack.transformations import CompositeTransformation, WordSwapExtend

    from curate.augmenting.textattack_parts.entities import ChangeListedLocation, ChangeListedName
    from curate.augmenting.textattack_parts.words import ChangeNumber, ContractWords

    return CompositeTransformation(
        [
            *(ChangeNumber(), ChangeListedLocation(), ChangeListedName()),
            *(WordSwapExtend(), ContractWords()),
        ]
    )
