"""The registry of signals: each is a function of a batch and of one text a record."""

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa

Measure = Callable[[pa.RecordBatch, pa.StringArray], pa.Array]
"""Takes a batch and the texts of one field (as many, null where a record has none); returns as
many values, null where there is nothing to measure."""

OfTexts = Callable[[pa.StringArray], pa.Array]
OfRecords = Callable[[pa.RecordBatch], pa.Array]


class Signal(NamedTuple):
    """A number or label that can be measured, and how."""

    name: str
    what: str
    unit: str
    type: pa.DataType
    of_text: bool
    """Whether it is measured on a field's text; otherwise on the structure of the record."""
    measure: Measure
    of_text_alone: OfTexts | None = None
    """The function, where nothing but the text has an influence."""
    version: int = 1
    """Counts up when the signal has other values."""


SIGNALS: dict[str, Signal] = {}
"""Signals by name."""


def signal(unit: str, type_: pa.DataType) -> Callable[[Measure], Measure]:
    """Register a function of batch and texts as the signal of its name.

    The first line of its docstring says what it measures.
    """

    def register(function: Measure) -> Measure:
        _add(function, unit, type_, function, of_text=True)
        return function

    return register


def text_signal(unit: str, type_: pa.DataType) -> Callable[[OfTexts], OfTexts]:
    """Register a function of the texts alone."""

    def register(function: OfTexts) -> OfTexts:
        _add(function, unit, type_, lambda _, texts: function(texts), True, function)
        return function

    return register


def record_signal(unit: str, type_: pa.DataType) -> Callable[[OfRecords], OfRecords]:
    """Register a function of the records alone, whatever field is judged."""

    def register(function: OfRecords) -> OfRecords:
        _add(function, unit, type_, lambda batch, _: function(batch), of_text=False)
        return function

    return register


def _add(
    named: Callable[..., pa.Array],
    unit: str,
    type_: pa.DataType,
    function: Measure,
    of_text: bool,
    alone: OfTexts | None = None,
) -> None:
    what = (named.__doc__ or "").strip().partition("\n")[0]
    SIGNALS[named.__name__] = Signal(named.__name__, what, unit, type_, of_text, function, alone)


def measure(name: str, batch: pa.RecordBatch, texts: pa.StringArray) -> pa.Array:
    """The values of a signal, one a record, in the signal's type."""
    found = SIGNALS[name]
    return found.measure(batch, texts).cast(found.type)
