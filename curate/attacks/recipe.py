"""What an attack is: a frozen pydantic class with a name, put together from TextAttack's parts.

Attacks are named as TextAttack names them, without the authors. Each is a class in a module of
this package, registered by being imported (`curate.attacks.recipes`). What TextAttack fetches for
one, or loads from a pickle, is a setting here that names a file or folder.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import ConfigDict

from curate.augmenting.resources import Resources
from curate.augmenting.stop_words import AS_WRITTEN

ATTACKS: dict[str, "type[AttackRecipe]"] = {}
"""Attacks by name, filled as their modules are imported."""


class AttackRecipe(Resources):
    """The base of all attacks: settings are typed fields, unknown ones are refused.

    The methods import TextAttack, which `load_textattack` must have done before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: ClassVar[str]
    version: ClassVar[int] = 1
    extra: ClassVar[str] = "attack"
    paper: ClassVar[str]
    """Who described it, where."""
    needs: ClassVar[str] = ""
    """What it needs besides the package, in words; empty for nothing."""
    depends: ClassVar[tuple[str, ...]] = ("numpy", "textattack", "torch")
    fools: ClassVar[bool] = True
    """Whether it looks for a wrong answer; the others look for a short text of the same answer."""
    white_box: ClassVar[bool] = False
    """Whether it needs the gradients of a model of transformers."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Register each class that has a name."""
        super().__init_subclass__(**keywords)
        if "name" in cls.__dict__:
            ATTACKS[cls.name] = cls

    @abstractmethod
    def transformation(self) -> Any:
        """What is changed."""

    def constraints(self) -> Sequence[Any]:
        """What changes must keep to, beside what all have in common."""
        return ()

    def search(self) -> Any:
        """In what order changes are tried; by default words that matter most come first."""
        from curate.attacks.textattack_parts.searches import WordsByWeight

        return WordsByWeight(wir_method="delete")

    def keeps_stop_words(self) -> bool:
        """Whether words that carry grammar are left alone."""
        return True

    def changes_again(self) -> bool:
        """Whether a word may be changed more than once."""
        return False

    def notes(self) -> Sequence[str]:
        """What differs from the method as published, a line each."""
        return ()

    def common(self) -> list[Any]:
        """Constraints that most have: no word is changed twice, and stop words stay."""
        from textattack.constraints.pre_transformation import (
            RepeatModification,
            StopwordModification,
        )

        once = [] if self.changes_again() else [RepeatModification()]
        stop = [StopwordModification(stopwords=AS_WRITTEN)] if self.keeps_stop_words() else []
        return [*once, *stop]
