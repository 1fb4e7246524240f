"""Ways of slicing versions: what is asked for, made ready for both sides of a comparison."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import UsageError
from curate.mixing.slicing import COLUMNS, REF, Slicing
from curate.scores import Score, ScoreType, Wanted
from curate.signals import SIGNALS
from curate.store import Version
from curate.store.scored import ScoredSignal

FEW: Final = 50
"""A label with more values tells records apart, not slices: it is not sliced by unasked."""

QUANTILES: Final = (0.2, 0.4, 0.6, 0.8)
"""Where the bins of a number part where no edges are given: about as many records in each."""

ANY: Final = (0.0,)
"""Bins of a number before its edges are known."""


class Way(NamedTuple):
    """A way of slicing."""

    by: str
    slicing: Slicing | None
    """None for splits, of which a recipe's steps know nothing."""
    scores: tuple[Score, ...] = ()
    """The stored scores that it is by: one, or those of conversations and of documents."""

    @property
    def is_unbinned(self) -> bool:
        """Whether it is by a number whose bins are not known yet."""
        return self.slicing is not None and self.slicing.bins == ANY

    def of(self, batch: pa.RecordBatch) -> pa.Array:
        """The slice of each record."""
        return batch.column("split") if self.slicing is None else self.slicing.of(batch)

    def with_bins(self, bins: tuple[float, ...]) -> "Way":
        """The same, with bins."""
        assert self.slicing is not None
        return self._replace(slicing=self.slicing._replace(bins=bins))


class Stored:
    """The signals that are stored of versions."""

    def __init__(self, known: Sequence[Sequence[ScoredSignal]]) -> None:
        """What is known of each version."""
        self._all = [one for each in known for one in each]

    def find(self, wanted: Wanted, field: str) -> Score | None:
        """A score of a field; of several ways of measuring that which most members have.

        So both sides of a comparison are seen by one measure.
        """
        records: Counter[str] = Counter()
        for one in self._all:
            if (one.signal, one.field) == (wanted.name, field):
                records[one.fingerprint] += one.records
        if not records:
            return None
        fingerprint = max(records, key=lambda key: (records[key], key))
        return Score(wanted, f"stored {fingerprint[:8]}", field, fingerprint)

    def fields(self, name: str) -> list[str]:
        """The fields of which a signal is known."""
        return sorted({one.field for one in self._all if one.signal == name})

    def type_of(self, name: str) -> ScoreType:
        """What the values of a signal are."""
        each = [one for one in self._all if one.signal == name]
        if any(one.vectors for one in each):
            return "vector"
        return "label" if any(one.labels for one in each) else "number"

    def labels(self) -> list[str]:
        """Signals that are labels of few values, by name."""
        few = {one.signal for one in self._all if 0 < len(one.labels) <= FEW}
        return sorted(few - set(SIGNALS))

    def names(self) -> list[str]:
        """All signals but vectors."""
        return sorted({one.signal for one in self._all if not one.vectors})


def way_of(by: str, field: str, bins: tuple[float, ...], stored: Stored) -> Way:
    """Understand a way of slicing. Raises UsageError."""
    if by == "split":
        return Way(by, None)
    if by == REF:
        found = "only a build knows by what source of a recipe a record came"
        raise UsageError(f"--by {by}", found, "Slice by `source`.")
    slicing = Slicing(by, field, ())
    if not slicing.is_score:
        is_number = by in SIGNALS and not pa.types.is_string(SIGNALS[by].type)
        slicing = slicing._replace(bins=bins or ANY) if is_number else slicing
        return Way(by, slicing)
    fields = stored.fields(by)
    type_ = stored.type_of(by)
    if not fields or type_ == "vector":
        raise _unknown(by, stored, fields)
    # What is known of a whole conversation holds for each of its fields.
    own = next((one for one in (field, "conversation", "preference") if one in fields), fields[0])
    slicing = Slicing(by, own, (bins or ANY) if type_ == "number" else ())
    # A record is a conversation or a document.
    each = [own, *(["text"] if own == "conversation" else [])]
    scores = (stored.find(slicing.wants()[0], one) for one in each)
    return Way(by, slicing, tuple(one for one in scores if one is not None))


def _unknown(by: str, stored: Stored, fields: Sequence[str]) -> UsageError:
    if fields:
        return UsageError(f"--by {by}", "it is a vector", "Slices are made of labels and numbers.")
    columns = [one for one in COLUMNS if one != REF]
    ways = ["split", *columns, "labels.NAME", "meta.NAME", *stored.names()]
    near = get_close_matches(by, [*ways, *SIGNALS], n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return UsageError(
        f"--by {by}", "no way of slicing", f"{guess}Ways: {', '.join(ways)}, or a signal."
    )


def label_ways(versions: Iterable[Version]) -> list[str]:
    """The labels of records that have few values, as ways of slicing."""
    values: dict[str, set[str]] = {}
    for version in versions:
        for batch in version.batches(["labels"]):
            for text in pc.unique(batch.column("labels")).drop_null().to_pylist():
                for name, value in orjson.loads(text).items():
                    seen = values.setdefault(name, set())
                    if len(seen) <= FEW:
                        seen.add(orjson.dumps(value).decode())
    return [f"labels.{name}" for name, seen in sorted(values.items()) if 1 < len(seen) <= FEW]


def edges_of(values: Sequence[pa.Array]) -> tuple[float, ...]:
    """Edges of bins with about as many values each, of two digits; one where all are equal."""
    arrays = [one.cast(pa.float64()).drop_null().to_numpy(zero_copy_only=False) for one in values]
    numbers = np.concatenate([np.zeros(0), *arrays])
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return (0.0,)
    found = sorted({float(f"{edge:.2g}") for edge in np.quantile(numbers, QUANTILES)})
    return tuple(found)
