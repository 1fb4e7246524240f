"""Signal steps: only texts of which the store does not know the value are measured.

A text that is new and stands in several tasks is measured once in each of them, since they know
nothing of each other; one value is stored. Beside the values stands which text a content has.
"""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.cache import Cache
from curate.build.culprit import guarded
from curate.build.memo import write_memo
from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.operator import SignalOperator
from curate.recipe import Step
from curate.store.catalog import Connection
from curate.store.signals import hash_values, known_hashes
from curate.store.views import SIGNALS, TEXTS

LABELS: Final = (pa.string(), pa.large_string(), pa.string_view())
SIGNALS_FILE: Final = "signals.parquet"
TEXTS_FILE: Final = "texts.parquet"


class Measuring:
    """What the signal steps of one task measure."""

    def __init__(self, memos: Path, chain: Sequence[str], texts: Mapping[str, Path]) -> None:
        """`texts` names for each step a file of the hashes that the store knows."""
        self._memos, self._chain, self._known = memos, chain, texts
        self._signals: list[pa.Table] = []
        self._texts: list[pa.Table] = []

    def measure(self, step: str, operator: SignalOperator, batch: pa.RecordBatch) -> None:
        """Measure the texts of a batch that nobody knows, and write that down at once.

        A step that fails later, or a builder that is killed, loses nothing of it.
        """
        known = self._known.get(step)
        hashes = np.load(known, mmap_mode="r") if known is not None else np.empty(0, "S16")
        answer = guarded(step, lambda rows: _measured(operator, rows, hashes, self._signals), batch)
        self._texts += answer.texts
        if len(answer.signals):
            self._signals.append(answer.signals)
            write_memo(self._memos, self._chain, {SIGNALS_FILE: answer.signals})

    @property
    def signals(self) -> Sequence[pa.Table]:
        """What was measured in this task (schema `SIGNALS`)."""
        return self._signals

    def texts(self) -> pa.Table:
        """Which texts the measured fields of the contents have (schema `TEXTS`)."""
        return pa.concat_tables([TEXTS.empty_table(), *self._texts])


class _Answer(NamedTuple):
    """What a step says of a batch: new values, and the hashes of the texts of each field."""

    signals: pa.Table
    texts: list[pa.Table]


def write_known_texts(
    connection: Connection, cache: Cache, steps: Sequence[Step]
) -> dict[str, Path]:
    """Write for each signal step the hashes of the texts it need not measure; return the files.

    Steps of which nothing is known are left out.
    """
    files = [*cache.stored("signals"), *pending(cache, SIGNALS_FILE)]
    written: dict[str, Path] = {}
    for step in steps:
        if not isinstance(step.operator, SignalOperator):
            continue
        operator = step.operator
        names = sorted(operator.signals())
        hashes = known_hashes(connection, files, operator.signal_fingerprint(), names)
        if len(hashes):
            path = cache.work / f"{uuid.uuid4().hex}.npy"
            np.save(path, hashes)
            written[step.name] = path
    return written


def pending(cache: Cache, name: str) -> list[Path]:
    """The files of one name in memos: what may not be stored yet, also of unfinished builds."""
    return sorted(cache.group("steps").glob(f"*/{name}"))


def _measured(
    operator: SignalOperator,
    batch: pa.RecordBatch,
    known: npt.NDArray[np.bytes_],
    before: Sequence[pa.Table],
) -> _Answer:
    fields = {field: field_texts(batch, field) for field in operator.fields()}
    tables = [
        pa.table(
            [batch.column("hash"), pa.repeat(field, len(batch)), hash_texts(each)], TEXTS.names
        )
        for field, each in fields.items()
    ]
    texts = pa.concat_arrays([pa.array([], pa.string()), *(t.drop_null() for t in fields.values())])
    held = [table.column("text").combine_chunks().drop_null() for table in tables]
    hashes = pa.concat_arrays([pa.array([], pa.binary(16)), *held])
    _, first = np.unique(hash_values(hashes), return_index=True)
    first = np.sort(first)
    fingerprint, names = operator.signal_fingerprint(), list(operator.signals())
    unknown = ~_among(hash_values(hashes)[first], known)
    unknown &= ~_measured_before(hashes.take(pa.array(first)), fingerprint, names, before)
    wanted = pa.array(first[unknown])
    if not len(wanted):
        return _Answer(SIGNALS.empty_table(), tables)
    answer = _checked(operator.measure(texts.take(wanted)), names, len(wanted))
    keys = hashes.take(wanted)
    rows = [_rows(keys, name, fingerprint, values) for name, values in answer.items()]
    return _Answer(pa.concat_tables(rows), tables)


def _among(hashes: npt.NDArray[np.bytes_], known: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bool_]:
    """Which hashes are among known ones, which are sorted; few pages of them are read."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    places = np.searchsorted(known, hashes)
    return np.asarray(known[np.minimum(places, len(known) - 1)] == hashes, np.bool_)


def _measured_before(
    hashes: pa.Array, fingerprint: str, names: Sequence[str], before: Sequence[pa.Table]
) -> npt.NDArray[np.bool_]:
    if not before:
        return np.zeros(len(hashes), np.bool_)
    rows = pa.concat_tables(before)
    rows = rows.filter(pc.equal(rows["fingerprint"], fingerprint))
    found = np.ones(len(hashes), np.bool_)
    for name in names:
        there = rows["hash"].filter(pc.equal(rows["signal"], name))
        found &= pc.is_in(hashes, there.combine_chunks()).to_numpy(zero_copy_only=False)
    return found


def _checked(
    answer: Mapping[str, pa.Array], names: Sequence[str], count: int
) -> dict[str, pa.Array]:
    """The answer in the order of its names. Raises ValueError where it is not what was promised."""
    if set(answer) != set(names):
        raise ValueError(f"signals {sorted(names)} promised, {sorted(answer)} given")
    for name, values in answer.items():
        if len(values) != count:
            raise ValueError(f"{count} texts in, {len(values)} values of {name!r} out")
        if pa.types.is_floating(values.type) and pc.any(pc.is_nan(values)).as_py():
            raise ValueError(f"{name!r} is not a number (NaN); a text without a value has null")
    return {name: answer[name] for name in names}


def _rows(hashes: pa.Array, name: str, fingerprint: str, values: pa.Array) -> pa.Table:
    count = len(hashes)
    is_label = values.type in LABELS or pa.types.is_dictionary(values.type)
    is_vector = pa.types.is_binary(values.type)
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    columns = [
        hashes,
        pa.repeat(name, count),
        pa.repeat(fingerprint, count),
        pa.nulls(count, pa.float64()) if is_label or is_vector else values.cast(pa.float64()),
        values.cast(pa.string()) if is_label else pa.nulls(count, pa.string()),
        values if is_vector else pa.nulls(count, pa.binary()),
    ]
    return pa.table(columns, schema=SIGNALS)
