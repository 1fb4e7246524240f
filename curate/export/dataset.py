"""Records as a `datasets.Dataset`, in memory or in a folder (extra `hf`)."""

import importlib
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import MissingExtraError, RefusedError, UsageError
from curate.export.rows import Row, json_line, trl_row
from curate.export.trainable import of_one_kind
from curate.export.writers import with_hex_ids
from curate.kinds import kinds_of

if TYPE_CHECKING:
    from datasets import Dataset

COLUMNS = {
    "sft": ("messages", "tools"),
    "preference": ("prompt", "chosen", "rejected", "tools"),
    "unpaired": ("prompt", "completion", "label", "tools"),
    "prompt": ("prompt", "tools"),
    "text": ("text",),
}
"""The columns of TRL's dataset type for each kind, after `id`."""

_SPLIT_NAME = re.compile(r"\w+(\.\w+)*")


def to_dataset(batches: Iterable[pa.RecordBatch], format: str = "trl") -> "Dataset":  # noqa: A002
    """Return records as a dataset in memory.

    `format` is `trl` (the rows of `trl_rows`) or `records` (the record schema, ids as hex digits).
    Each turn is stored as JSON, so that keys which a turn lacks do not come back as null, and tool
    calls may have arguments of any type; `tools` is JSON text, which TRL reads.

    Raises RefusedError where there are no records, where they are of several kinds, or where a tool
    call holds a number that the library cannot; MissingExtraError where the library is missing.
    """
    library = _library()
    if format == "records":
        tables = [with_hex_ids(batch) for batch in batches]
    elif format == "trl":
        tables = [trl_batch(batch) for batch in of_one_kind(batches, "dataset")]
    else:
        raise UsageError(f"format {format!r}", "unknown", "Formats are: trl, records")
    if not tables:
        raise RefusedError("dataset", "there are no records", "Choose a version that has some")
    dataset: Dataset = library.Dataset(pa.Table.from_batches(tables))
    return dataset


class DatasetWriter:
    """A folder for `datasets.load_from_disk`: one dataset, or a dictionary of splits."""

    def __init__(self, folder: Path) -> None:
        """`folder` must not exist; parts are kept below it until `save`."""
        self.library = _library()
        self.folder = folder
        self.parts = folder / "parts"
        self.parts.mkdir(parents=True)
        self.paths: dict[str, Path] = {}
        self.writers: dict[str, pa.RecordBatchStreamWriter] = {}

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the records of a batch to their splits."""
        splits = pc.fill_null(batch.column("split"), "train")
        for split in pc.unique(splits).to_pylist():
            table = trl_batch(batch.filter(pc.equal(splits, split)))
            self._writer(split, table.schema).write_batch(table)

    def _writer(self, split: str, schema: pa.Schema) -> pa.RecordBatchStreamWriter:
        if split not in self.writers:
            if not _SPLIT_NAME.fullmatch(split):
                right = "A dataset's splits are named with letters, digits and '_': rename it"
                raise RefusedError(f"split {split!r}", "not the name of a split", right)
            self.paths[split] = self.parts / str(len(self.paths))
            self.writers[split] = pa.ipc.new_stream(self.paths[split], schema)
        return self.writers[split]

    def close(self) -> None:
        """Close the parts; called whether or not all was written."""
        for writer in self.writers.values():
            writer.close()

    def save(self) -> None:
        """Make the folder of the parts."""
        if not self.writers:
            right = "Choose a version or split that has some"
            raise RefusedError("dataset", "there are no records", right)
        read = self.library.Dataset.from_file
        splits = {split: read(str(path)) for split, path in sorted(self.paths.items())}
        whole = self.library.DatasetDict(splits)
        with _quiet(self.library):
            (whole if len(splits) > 1 else next(iter(splits.values()))).save_to_disk(self.folder)
        del splits, whole
        shutil.rmtree(self.parts)


def trl_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of `trl_rows` as an Arrow batch, for records of one kind (one at least)."""
    kind = kinds_of(batch)[0].as_py()
    rows = [trl_row(row) for row in batch.to_pylist()]
    names = ("id", *COLUMNS[kind])
    schema = _features(names).arrow_schema
    columns = [_column(rows, name) for name in names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _features(names: tuple[str, ...]) -> Any:
    library = _library()
    text, label = library.Value("string"), library.Value("bool")
    turns = library.List(library.Json())
    known = {"id": text, "text": text, "tools": text, "label": label}
    return library.Features({name: known.get(name, turns) for name in names})


def _column(rows: list[Row], name: str) -> pa.Array:
    values = [row.get(name) for row in rows]
    if name == "tools":
        texts = [None if value is None else json_line(value)[:-1].decode() for value in values]
        return pa.array(texts, pa.string())
    if name == "label":
        return pa.array(values, pa.bool_())
    if name in ("id", "text"):
        return pa.array(values, pa.string())
    flat = [_turn_text(turn, row["id"]) for row in rows for turn in row[name]]
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row[name]) for row in rows], out=offsets[1:])
    turns = pa.ExtensionArray.from_storage(pa.json_(), pa.array(flat, pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets), turns)


def _turn_text(turn: Row, record: str) -> str:
    try:
        return orjson.dumps(turn).decode()
    except TypeError as error:  # an integer over 64 bits, or half a surrogate pair
        found = f"a tool call is beyond what the datasets library can read ({error})"
        right = "Choose the format trl, jsonl or parquet"
        raise RefusedError(f"record {record}", found, right) from error


def _library() -> Any:
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        raise MissingExtraError("datasets", "datasets", "hf") from error


@contextmanager
def _quiet(library: Any) -> Iterator[None]:
    """Keep the library's progress bars from the terminal."""
    shown = not library.utils.are_progress_bars_disabled()
    library.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            library.enable_progress_bars()
