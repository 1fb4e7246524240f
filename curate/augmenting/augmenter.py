"""What an augmenter is: a frozen pydantic class with a name that rewords stretches of texts.

Augmenters are named as their library names them, with its settings by their names. Each is a class
in a module of this package, registered by being imported.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

AUGMENTERS: dict[str, "type[Augmenter]"] = {}
"""Augmenters by name, filled as their modules are imported."""


class Augmenter(BaseModel, ABC):
    """The base of all augmenters: settings are typed fields, unknown ones are refused.

    An answer must depend on the text, its seed and the settings alone: neither on the other texts
    of a call nor on their order. `depends` names the distributions whose versions change answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: ClassVar[str]
    version: ClassVar[int]
    extra: ClassVar[str]
    """The extra of curate that it needs, such as `augment`."""
    needs: ClassVar[str] = ""
    """What else it needs, in words, such as "WordNet"; empty for nothing."""
    depends: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[Literal["stretch", "sentence"]] = "stretch"
    """What it is given: any stretch between what must stay, or only whole sentences (and lines) in
    which nothing must stay, for one that needs to understand them."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Register each class that has a name."""
        super().__init_subclass__(**keywords)
        if "name" in cls.__dict__:
            AUGMENTERS[cls.name] = cls

    def files(self) -> Sequence[bytes]:
        """The content, or a hash of it, of files and models the settings name."""
        return ()

    @abstractmethod
    def reword(self, texts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """Return as many texts, each reworded by its seed; unchanged where nothing can be."""
