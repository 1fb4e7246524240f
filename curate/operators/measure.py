"""Measuring texts without a model: lengths and other cheap statistics, to query and to plot."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.operator import SignalOperator
from curate.rulepacks.definitions import definition_faults, expanded
from curate.rulepacks.expression import Expression, parse_expression
from curate.rulepacks.locked import evaluate
from curate.scan import Scan
from curate.setting_types import Names, check_texts
from curate.signals import SIGNALS, Signal, tokens_first


def _of_texts() -> dict[str, Signal]:
    """The signals of a text alone, the user's own included."""
    return {name: each for name, each in SIGNALS.items() if each.of_text_alone is not None}


class Measure(SignalOperator):
    """Store signals of texts, such as their length, so that they can be queried.

    Rules need no such step: they measure what they judge.
    """

    name: ClassVar[str] = "measure"
    version: ClassVar[int] = 2
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")
    scans: ClassVar[bool] = True
    places: ClassVar[frozenset[str]] = frozenset({"fields", "signals"})

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    chosen: Names = Field(default=("characters", "words", "lines"), alias="signals")
    """The signals to measure."""
    measured: Names = Field(default=("prompt", "response"), alias="fields")
    """The fields to measure them on."""
    define: dict[str, str] = Field(default_factory=dict)
    """Signals of your own: a name, and an SQL expression over signals of a text; all of them are
    measured too."""

    @field_validator("chosen")
    @classmethod
    def _signals_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name in SIGNALS and name not in _of_texts():
                raise ValueError(f"{name!r} is measured on whole records, not on a text")
            if name not in _of_texts():
                raise ValueError(f"{name!r} is no signal; {_guess(name, list(_of_texts()))}")
        if not names:
            raise ValueError(f"at least one signal must be measured, of {', '.join(_of_texts())}")
        return names

    @field_validator("define")
    @classmethod
    def _definitions_are_right(cls, define: dict[str, str]) -> dict[str, str]:
        faults = [fault.what for fault in definition_faults(define, _of_texts())]
        if faults:
            raise ValueError("; ".join(faults))
        return define

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "measured")
        return names

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def files(self) -> Sequence[bytes]:
        """The code of the user's own signals."""
        return [each.code for each in self._needed().values() if each.code]

    def signals(self) -> Mapping[str, str]:
        """The signals of the settings, and those that they define."""
        own = {name: f"{text}, as defined in the recipe." for name, text in self.define.items()}
        return {name: SIGNALS[name].what for name in self.chosen} | own

    def labels(self) -> frozenset[str]:
        """Those that are texts, such as a language."""
        types = {name: SIGNALS[name].type for name in self.chosen}
        types |= {name: column.type for name, column in self._of_nothing().items()}
        return frozenset(name for name, each in types.items() if pa.types.is_string(each))

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the values of each signal."""
        scan = Scan(texts)
        facts = {name: _values(SIGNALS[name], scan) for name in tokens_first(self._needed())}
        found = {name: facts[name] for name in self.chosen}
        if self.define:
            expressions = [each.sql for each in self._defined().values()]
            columns = evaluate(expressions, pa.table(facts)).columns
            found |= {
                name: column.combine_chunks()
                for name, column in zip(self.define, columns, strict=True)
            }
        return found

    def _of_nothing(self) -> dict[str, pa.ChunkedArray]:
        """What is defined, of no text at all: it has its type."""
        if not self.define:
            return {}
        empty = pa.table({name: pa.array([], one.type) for name, one in self._needed().items()})
        columns = evaluate([each.sql for each in self._defined().values()], empty).columns
        return dict(zip(self.define, columns, strict=True))

    def _defined(self) -> dict[str, Expression]:
        known = frozenset(_of_texts())
        return {
            name: parse_expression(expanded(name, self.define), known, None) for name in self.define
        }

    def _needed(self) -> dict[str, Signal]:
        """What is measured, for itself or for a definition."""
        of_defined = {name for each in self._defined().values() for name in each.signals}
        return {name: SIGNALS[name] for name in sorted({*self.chosen, *of_defined})}


def _values(signal: Signal, scan: Scan) -> pa.Array:
    assert signal.of_text_alone is not None
    return signal.of_text_alone(scan).cast(signal.type)


def _guess(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
