"""Slices of a dataset: by source, label, kind, licence, or by what a signal says of a text."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.kinds import kinds_of
from curate.mixing.desirable import DESIRABLE, slices_of
from curate.scan import Scan
from curate.scores import Wanted, score_of
from curate.signals import SIGNALS, measure

REF: Final = "ref"
"""What tells apart by what source of the recipe records came: the build knows, and no fact."""

COLUMNS: Final = ("source", REF, "kind", "license", DESIRABLE)
"""What slices can be made by, beside `labels.NAME`, `meta.NAME`, signals and scores."""

NONE: Final = "(none)"
"""The slice of records that have no value."""

_JSON: Final = ("labels", "meta")


class Slicing(NamedTuple):
    """How records are told apart."""

    by: str
    """`source`, `ref`, `kind`, `license`, `desirable`, `labels.NAME`, `meta.NAME`, a signal, or a
    score."""
    field: str
    """The field that a signal is measured on."""
    bins: tuple[float, ...] = ()
    """The lower edges of the bins of a number, ascending, but that of the first."""

    def wants(self) -> list[Wanted]:
        """The score that it needs, if it is by one."""
        if not self.is_score:
            return []
        return [Wanted(self.by, self.field, "number" if self.bins else "label")]

    def signal_keys(self) -> list[bytes]:
        """What makes the values of the signal that it is by, if it is by one."""
        return [SIGNALS[self.by].key.encode()] if self.by in SIGNALS else []

    @property
    def is_score(self) -> bool:
        """Whether it is by what a signal step gave."""
        return not (self.by in COLUMNS or self._json is not None or self.by in SIGNALS)

    @property
    def _json(self) -> tuple[str, str] | None:
        column, dot, name = self.by.partition(".")
        return (column, name) if dot and name and column in _JSON else None

    @property
    def column_sql(self) -> str:
        """The slice of each record in the table `facts`."""
        return f"{REF} AS slice" if self.by == REF else "slice"

    def check(self, knows_refs: bool = False) -> None:
        """Raise ValueError where bins are missing, superfluous or in disorder.

        By `REF` slices can only be made of a step that reads `column_sql`.
        """
        if self.by == REF and not knows_refs:
            raise ValueError(f"slices by `{REF}` are for mix, balance and bags")
        by_number = self.by in SIGNALS and not pa.types.is_string(SIGNALS[self.by].type)
        if by_number and not self.bins:
            right = "give `bins`, the edges between its slices, such as [100, 400]"
            raise ValueError(f"{self.by!r} is a number; {right}")
        if self.bins and not (by_number or self.is_score):
            raise ValueError(f"`bins` are for numbers, and {self.by!r} is none")
        if list(self.bins) != sorted(set(self.bins)):
            raise ValueError(f"bins must ascend, and got {list(self.bins)}")

    def of(self, batch: pa.RecordBatch) -> pa.StringArray:
        """The slice of each record, `NONE` where it has no value; null by `REF`."""
        if self.by == "kind":
            return kinds_of(batch)
        if self.by == DESIRABLE:
            return pc.fill_null(slices_of(batch.column(DESIRABLE)), NONE)
        if self.by == REF:
            return pa.nulls(len(batch), pa.string())
        if self.by in COLUMNS:
            return pc.fill_null(batch.column(self.by), NONE)
        if self._json is not None:
            return _json_values(batch.column(self._json[0]), self._json[1])
        values = self.values(batch)
        return pc.fill_null(self._binned(values) if self.bins else values, NONE)

    def values(self, batch: pa.RecordBatch) -> pa.Array:
        """What a signal or score that it is by says of each record; null where it has no value."""
        if self.is_score:
            return score_of(batch, self.wants()[0])
        return measure(self.by, batch, Scan(field_texts(batch, self.field)))

    def _binned(self, values: pa.Array) -> pa.StringArray:
        numbers = values.cast(pa.float64())
        known = np.asarray(numbers.is_valid().to_numpy(zero_copy_only=False), np.bool_)
        filled = pc.fill_null(numbers, 0.0).to_numpy(zero_copy_only=False)
        places = np.searchsorted(np.array(self.bins), filled, side="right")
        return pa.array(bin_names(self.bins)).take(pa.array(places, mask=~known))


def bin_names(bins: Sequence[float]) -> list[str]:
    """The names of the slices between edges.

    >>> bin_names([100, 400.5])
    ['below 100', '100 to 400.5', '400.5 and more']
    """
    edges = [f"{edge:g}" if float(f"{edge:g}") == edge else repr(float(edge)) for edge in bins]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"below {edges[0]}", *between, f"{edges[-1]} and more"]


def _json_values(column: pa.StringArray, name: str) -> pa.StringArray:
    """A value of each JSON object: texts as they are, others as JSON; few differ."""
    encoded = column.dictionary_encode()
    values = [_value(orjson.loads(text or "{}"), name) for text in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(values, pa.string()).take(encoded.indices), NONE)


def _value(found: dict[str, object], name: str) -> str | None:
    value = found.get(name)
    if value is None:
        return None
    return value if isinstance(value, str) else orjson.dumps(value).decode()
