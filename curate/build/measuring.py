"""Signal steps: only texts of which the store does not know the value are measured.

A text that is new and stands in several parts is measured once in each of them, since parts know
nothing of each other; one value is stored.

STAGE/signals/NAME.parquet  what was measured on a part (schema `views.SIGNALS`)
CACHE/known/STAGE/...       for each step the hashes of the texts that are known already, sorted
CACHE/rescued/signals/...   what half-done stages measured: a killed build loses nothing of it
"""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.culprit import guarded
from curate.build.parts import part_path, write_part
from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.operator import SignalOperator
from curate.recipe import Step
from curate.store import Store
from curate.store.catalog import Connection
from curate.store.delta import StoredFile
from curate.store.signals import hash_values, known_hashes, write_signals
from curate.store.views import SIGNALS

LABELS: Final = (pa.string(), pa.large_string(), pa.string_view())
KIND: Final = "signals"
HALF: Final = "signals-half"
"""Where a file is while it is written, so that a killed worker leaves only whole ones."""


def rescue(home: Path) -> None:
    """Take what half-done stages measured out of them, before they are made anew."""
    for path in sorted(home.glob(f"*.tmp/{KIND}/*.parquet")):
        folder = home / "rescued" / KIND
        folder.mkdir(parents=True, exist_ok=True)
        path.rename(folder / f"{uuid.uuid4().hex}.parquet")


def write_known(
    connection: Connection, store: Store, home: Path, stage: str, steps: Sequence[Step]
) -> dict[str, Path]:
    """Write for each signal step the hashes of the texts it need not measure; return the files.

    Steps of which nothing is known are left out.
    """
    files = [*_stored(store), *_pending(home)]
    written: dict[str, Path] = {}
    for number, step in enumerate(steps):
        if not isinstance(step.operator, SignalOperator):
            continue
        operator = step.operator
        names = sorted(operator.signals())
        hashes = known_hashes(connection, files, operator.signal_fingerprint(), names)
        if len(hashes):
            path = home / "known" / stage / f"{number}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, hashes)
            written[step.name] = path
    return written


def measured(
    step: Step, batch: pa.RecordBatch, known: Path | None, before: Sequence[pa.Table]
) -> pa.Table:
    """Measure the texts of a batch that are not known; rows of the schema `SIGNALS`.

    `known` names the hashes that the store knows, `before` is what other steps measured on the
    same part.
    """
    operator = step.operator
    assert isinstance(operator, SignalOperator)
    hashes = np.load(known, mmap_mode="r") if known is not None else np.empty(0, "S16")
    return guarded(step.name, lambda rows: _measured(operator, rows, hashes, before), batch)


def write_measured(stage: Path, name: str, tables: Sequence[pa.Table]) -> None:
    """Write what was measured on a part so far, if anything was.

    A step that fails later loses nothing of it.
    """
    rows = pa.concat_tables(tables)
    if len(rows):
        write_part(stage, HALF, name, rows)
        whole = part_path(stage, KIND, name)
        whole.parent.mkdir(exist_ok=True)
        part_path(stage, HALF, name).rename(whole)


def new_signals(connection: Connection, store: Store, home: Path) -> list[StoredFile]:
    """Write what was measured and is not stored yet as a file of the store."""
    return write_signals(connection, store.folder, _pending(home), _stored(store), uuid.uuid4().hex)


def _measured(
    operator: SignalOperator,
    batch: pa.RecordBatch,
    known: npt.NDArray[np.bytes_],
    before: Sequence[pa.Table],
) -> pa.Table:
    fields = [field_texts(batch, field).drop_null() for field in operator.fields()]
    texts = pa.concat_arrays(fields) if fields else pa.array([], pa.string())
    hashes = hash_texts(texts)
    values = hash_values(hashes)
    _, first = np.unique(values, return_index=True)
    first = np.sort(first)
    fingerprint, names = operator.signal_fingerprint(), list(operator.signals())
    unknown = ~_among(values[first], known)
    unknown &= ~_measured_before(hashes.take(pa.array(first)), fingerprint, names, before)
    wanted = pa.array(first[unknown])
    if not len(wanted):
        return SIGNALS.empty_table()
    answer = _checked(operator.measure(texts.take(wanted)), names, len(wanted))
    keys = hashes.take(wanted)
    return pa.concat_tables(
        [_rows(keys, name, fingerprint, values) for name, values in answer.items()]
    )


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
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    columns = [
        hashes,
        pa.repeat(name, count),
        pa.repeat(fingerprint, count),
        pa.nulls(count, pa.float64()) if is_label else values.cast(pa.float64()),
        values.cast(pa.string()) if is_label else pa.nulls(count, pa.string()),
    ]
    return pa.table(columns, schema=SIGNALS)


def _stored(store: Store) -> list[Path]:
    return [store.folder / file.path for file in store.files() if file.kind == KIND]


def _pending(home: Path) -> list[Path]:
    """What stages measured that may not be stored yet, those of unfinished builds included."""
    return sorted(home.glob(f"*/{KIND}/*.parquet"))
