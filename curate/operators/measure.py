"""Measuring texts without a model: lengths and other cheap statistics, to query and to plot."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.fields import FIELDS, can_be_judged
from curate.operator import SignalOperator
from curate.scan import Scan
from curate.signals import SIGNALS

_OF_TEXTS = {name: each.of_text_alone for name, each in SIGNALS.items() if each.of_text_alone}


class Measure(SignalOperator):
    """Store signals of texts, such as their length, so that they can be queried.

    Rules need no such step: they measure what they judge.
    """

    name: ClassVar[str] = "measure"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)
    places: ClassVar[frozenset[str]] = frozenset({"fields", "signals"})

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    chosen: tuple[str, ...] = Field(default=("characters", "words", "lines"), alias="signals")
    """The signals to measure."""
    measured: tuple[str, ...] = Field(default=("prompt", "response"), alias="fields")
    """The fields to measure them on."""

    @field_validator("chosen", "measured", mode="before")
    @classmethod
    def _one_or_more(cls, names: object) -> object:
        if isinstance(names, str):
            return (names,)
        return tuple(names) if isinstance(names, list) else names

    @field_validator("chosen")
    @classmethod
    def _signals_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name in SIGNALS and name not in _OF_TEXTS:
                raise ValueError(f"{name!r} is measured on whole records, not on a text")
            if name not in _OF_TEXTS:
                raise ValueError(f"{name!r} is no signal; {_guess(name, list(_OF_TEXTS))}")
        if not names:
            raise ValueError(f"at least one signal must be measured, of {', '.join(_OF_TEXTS)}")
        return names

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not can_be_judged(name):
                guess = _guess(name, list(FIELDS[:-1]))
                raise ValueError(f"{name!r} is no field that can be measured; {guess}")
        if not names:
            raise ValueError(f"at least one field must be measured, of {', '.join(FIELDS[:-1])}")
        return names

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """The signals of the settings."""
        return {name: SIGNALS[name].what for name in self.chosen}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the values of each signal."""
        scan = Scan(texts)
        return {name: _OF_TEXTS[name](scan) for name in self.chosen}


def _guess(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
