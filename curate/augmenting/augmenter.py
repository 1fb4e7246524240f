"""What an augmenter is: a frozen pydantic class with a name that rewords stretches of texts.

Augmenters are named as their library names them, with its settings by their names. Each is a class
in a module of this package, registered by being imported (`registry.augmenters`).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from curate.errors import MissingExtraError

AUGMENTERS: dict[str, "type[Augmenter]"] = {}
"""Augmenters by name, filled as their modules are imported."""

Unit = Literal["stretch", "sentence", "passage"]

HELD: Final = "\ue000"
"""Stands for a stretch that must stay (the first code point that Unicode leaves to private use)."""


class Augmenter(BaseModel, ABC):
    """The base of all augmenters: settings are typed fields, unknown ones are refused.

    An answer must depend on the text, its seed and the settings alone: neither on the other texts
    of a call nor on their order. `depends` names the distributions whose versions change answers.
    Validators find the folder that paths are relative to in their context, under `base`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: ClassVar[str]
    version: ClassVar[int]
    extra: ClassVar[str]
    """The extra of curate that it needs, such as `augment`; empty for none."""
    modules: ClassVar[tuple[str, ...]] = ()
    """What the extra must have brought, as it is imported."""
    needs: ClassVar[str] = ""
    """What else it needs, in words, such as "WordNet"; empty for nothing."""
    depends: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[Unit] = "stretch"
    """What it is given: any stretch between what must stay; or, for one that needs to understand
    them, whole sentences (and lines) in which nothing must stay; or passages of such sentences that
    follow each other on a line."""

    holds: ClassVar[bool] = False
    """Whether each `HELD` of a text stays, in its order. A stretch that must stay is then one, so
    that settings such as the share of words that are changed hold for whole texts."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Register each class that has a name."""
        super().__init_subclass__(**keywords)
        if "name" in cls.__dict__:
            AUGMENTERS[cls.name] = cls

    @model_validator(mode="after")
    def _modules_are_there(self) -> Self:
        for module in self.modules:
            if find_spec(module) is None:
                raise MissingExtraError(f"augmenter {self.name}", module, self.extra)
        return self

    def files(self) -> Sequence[bytes]:
        """The content, or a hash of it, of files and models the settings name."""
        return ()

    @abstractmethod
    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Return as many texts, each reworded by its seed; unchanged where nothing can be.

        Seeds have 32 bits. No text is empty, or begins or ends with white space.
        """
