"""Records as a `datasets.Dataset`, in memory or in a folder (extra `hf`)."""

import importlib
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import RefusedError, UsageError
from curate.export.trainable import of_one_kind
from curate.export.trl_batch import datasets_library, trl_batch
from curate.export.writers import with_hex_ids

if TYPE_CHECKING:
    from datasets import Dataset

_SPLIT_NAME = re.compile(r"\w+(\.\w+)*")


def to_dataset(batches: Iterable[pa.RecordBatch], format: str = "trl") -> "Dataset":  # noqa: A002
    """Return records as a dataset in memory.

    `format` is `trl` (the rows of `trl_rows`) or `records` (the record schema, ids as hex digits).
    Each turn is stored as JSON, so that keys which a turn lacks do not come back as null, and tool
    calls may have arguments of any type; `tools` is JSON text, which TRL reads.

    Raises RefusedError where there are no records, where they are of several kinds, or where a tool
    call holds a number that the library cannot; MissingExtraError where the library is missing.
    """
    library = datasets_library()
    tables = list(dataset_batches(batches, format))
    if not tables:
        raise no_records()
    dataset: Dataset = library.Dataset(pa.Table.from_batches(tables))
    return dataset


def open_dataset(path: Path, fingerprint: str) -> "Dataset":
    """The dataset of an Arrow stream file, memory-mapped: its records stay on the disk.

    `fingerprint` names the content to the library, which keeps what it derives beside the file.
    """
    library = datasets_library()
    table = importlib.import_module("datasets.table").MemoryMappedTable.from_file(str(path))
    dataset: Dataset = library.Dataset(table, fingerprint=fingerprint)
    return dataset


def dataset_batches(
    batches: Iterable[pa.RecordBatch],
    format: str,  # noqa: A002 - the field's word
) -> Iterator[pa.RecordBatch]:
    """The Arrow batches of a dataset, none without rows; as `to_dataset` says."""
    if format == "trl":
        return (trl_batch(batch) for batch in of_one_kind(batches, "dataset"))
    if format == "records":
        return (with_hex_ids(batch) for batch in batches if len(batch))
    raise UsageError(f"format {format!r}", "unknown", "Formats are: trl, records")


def no_records() -> RefusedError:
    """What is raised where a dataset would be empty."""
    return RefusedError("dataset", "there are no records", "Choose a version that has some")


class DatasetWriter:
    """A folder for `datasets.load_from_disk`: one dataset, or a dictionary of splits."""

    def __init__(self, folder: Path) -> None:
        """`folder` must not exist; parts are kept below it until `save`."""
        self.library = datasets_library()
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
            raise no_records()
        read = self.library.Dataset.from_file
        splits = {split: read(str(path)) for split, path in sorted(self.paths.items())}
        whole = self.library.DatasetDict(splits)
        with _quiet(self.library):
            (whole if len(splits) > 1 else next(iter(splits.values()))).save_to_disk(self.folder)
        del splits, whole
        shutil.rmtree(self.parts)


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
