"""The registry of signals: each is a function of a batch and of one text a record."""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import digest
from curate.scan import Scan

Measure = Callable[[pa.RecordBatch, Scan], pa.Array]
"""Takes a batch and a look at the texts of one field (as many, null where a record has none);
returns as many values, null where there is nothing to measure."""

OfScan = Callable[[Scan], pa.Array]
OfTexts = Callable[[pa.StringArray], pa.Array]
OfText = Callable[[str], int | float | None]
OfBoth = Callable[[pa.RecordBatch, pa.StringArray], pa.Array]
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
    of_text_alone: OfScan | None = None
    """The function, where nothing but the text has an influence."""
    version: int = 1
    """Counts up when the signal has other values."""
    code: bytes = b""
    """What else its values depend on: the bytes of the user's own file that defines it
    (`--allow-code`), or the release of the package that brings it."""
    needs_tokens: bool = False
    """Whether it reads more of the `Scan` than its counts."""

    @property
    def key(self) -> str:
        """What makes the values: name, version, and code of the user's own."""
        own = f"+{digest(self.code).hex()}" if self.code else ""
        return f"{self.name}@{self.version}{own}"


SIGNALS: dict[str, Signal] = {}
"""Signals by name."""

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
"""What a signal may be called: rules name it in their expressions."""


def scan_signal(
    unit: str, type_: pa.DataType, version: int = 1, needs_tokens: bool = False
) -> Callable[[OfScan], OfScan]:
    """Register a function of a look at the texts (`scan.Scan`) as the signal of its name.

    The first line of its docstring says what it measures. It may return any value for a null text.
    Where it reads `repetition` or `tokens`, `needs_tokens` saves a pass over the texts.
    """

    def register(function: OfScan) -> OfScan:
        def masked(scan: Scan) -> pa.Array:
            return _where_text(function(scan), scan.texts, type_)

        _add(function, unit, type_, version, lambda _, scan: masked(scan), True, masked)
        name = function.__name__
        SIGNALS[name] = SIGNALS[name]._replace(needs_tokens=needs_tokens)
        return function

    return register


def text_signal(unit: str, type_: pa.DataType, version: int = 1) -> Callable[[OfTexts], OfTexts]:
    """Register a function of the texts alone."""

    def register(function: OfTexts) -> OfTexts:
        def alone(scan: Scan) -> pa.Array:
            return function(scan.texts)

        _add(function, unit, type_, version, lambda _, scan: function(scan.texts), True, alone)
        return function

    return register


def each_signal(unit: str, type_: pa.DataType, version: int = 1) -> Callable[[OfText], OfText]:
    """Register a function of a single text, in plain Python: simple to read, and slow."""

    def register(function: OfText) -> OfText:
        def alone(scan: Scan) -> pa.Array:
            found = [None if text is None else function(text) for text in scan.texts.to_pylist()]
            return pa.array(found, type_)

        _add(function, unit, type_, version, lambda _, scan: alone(scan), True, alone)
        return function

    return register


def signal(unit: str, type_: pa.DataType, version: int = 1) -> Callable[[OfBoth], OfBoth]:
    """Register a function of batch and texts."""

    def register(function: OfBoth) -> OfBoth:
        _add(function, unit, type_, version, lambda batch, scan: function(batch, scan.texts), True)
        return function

    return register


def record_signal(
    unit: str, type_: pa.DataType, version: int = 1
) -> Callable[[OfRecords], OfRecords]:
    """Register a function of the records alone, whatever field is judged."""

    def register(function: OfRecords) -> OfRecords:
        _add(function, unit, type_, version, lambda batch, _: function(batch), of_text=False)
        return function

    return register


def _where_text(values: pa.Array, texts: pa.StringArray, type_: pa.DataType) -> pa.Array:
    if not texts.null_count:
        return values
    return pc.if_else(pc.is_valid(texts), values.cast(type_), pa.scalar(None, type_))


def _add(
    named: Callable[..., pa.Array],
    unit: str,
    type_: pa.DataType,
    version: int,
    function: Measure,
    of_text: bool,
    alone: OfScan | None = None,
) -> None:
    what = (named.__doc__ or "").strip().partition("\n")[0]
    name = named.__name__
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a signal, which has a to z, 0 to 9 and _")
    SIGNALS[name] = Signal(name, what, unit, type_, of_text, function, alone, version)


def tokens_first(names: Iterable[str]) -> list[str]:
    """Names in the order in which to measure on one `Scan`, so that it makes a single pass."""
    return sorted(names, key=lambda name: (not SIGNALS[name].needs_tokens, name))


def measure(name: str, batch: pa.RecordBatch, scan: Scan) -> pa.Array:
    """The values of a signal, one a record, in the signal's type."""
    found = SIGNALS[name]
    return found.measure(batch, scan).cast(found.type)
