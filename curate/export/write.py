"""Exports: records to files for trainers and people, with a note of where they come from."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa

from curate.errors import UsageError
from curate.export.place import PROVENANCE_NAME, check_free, placed
from curate.export.trainable import of_one_kind, remarked_records
from curate.export.writers import Writer, writer_of

FORMATS: Final = {
    "trl": "JSON Lines in the dataset types of TRL; one kind of record",
    "hf": "a folder for `datasets.load_from_disk`, in the dataset types of TRL",
    "jsonl": "JSON Lines of whole records, without loss",
    "parquet": "whole records as Parquet",
}
"""The formats of an export, and what each holds."""


class ExportResult(NamedTuple):
    """What an export wrote."""

    records: int
    files: list[Path]
    """The file or folder, and the note of where it comes from."""
    warnings: tuple[str, ...] = ()
    """What the format cannot say of the records."""


class _Tally:
    """Counts records on their way."""

    def __init__(self) -> None:
        self.records = 0
        self.remarked = 0

    def counted(self, batches: Iterable[pa.RecordBatch], marks: bool) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self.records += len(batch)
            self.remarked += remarked_records(batch) if marks else 0
            yield batch

    def warnings(self) -> tuple[str, ...]:
        if not self.remarked:
            return ()
        marks = f"{self.remarked:,} records mark which turns are trained"
        return (f"{marks}; TRL trains on every assistant turn",)


def export(
    batches: Iterable[pa.RecordBatch],
    out: Path,
    format: str,  # noqa: A002 - the field's word
    provenance: dict[str, Any],
    overwrite: bool = False,
) -> ExportResult:
    """Write records to `out`, and beside or inside it where they come from.

    `batches` have the schema `WORKING`; they are read once and not kept. `provenance` (snapshot,
    version, recipe hash) is written with the format and the number of records: to `curate.json` in
    a folder, to `OUT.curate.json` beside a file. JSON Lines are compressed where `out` ends with
    .gz or .zst. Nothing appears under the final names before all is written.

    Raises UsageError for an unknown format; RefusedError where `out` exists, or where the records
    are of several kinds and the format holds one; StoreError where the disk refuses;
    MissingExtraError where `hf` lacks its library.
    """
    if format not in FORMATS:
        raise UsageError(f"format {format!r}", "unknown", f"Formats are: {', '.join(FORMATS)}")
    for_trainers = format in ("trl", "hf")
    tally = _Tally()
    wanted = of_one_kind(batches, str(out)) if for_trainers else batches
    counted = tally.counted(wanted, marks=for_trainers)
    write = _write_folder if format == "hf" else _write_file
    note = {**provenance, "format": format}
    files = write(counted, out, note, tally, overwrite)
    return ExportResult(tally.records, files, tally.warnings())


def _write_file(
    batches: Iterator[pa.RecordBatch],
    out: Path,
    note: dict[str, Any],
    tally: _Tally,
    overwrite: bool,
) -> list[Path]:
    beside = out.with_name(f"{out.name}.{PROVENANCE_NAME}")
    check_free(out, overwrite, is_folder=False)
    check_free(beside, overwrite, is_folder=False)
    with placed(out) as partial, placed(beside) as partial_note:
        _drain(batches, writer_of(note["format"], partial, out.name))
        partial_note.write_bytes(_note_text(note, tally))
    return [out, beside]


def _write_folder(
    batches: Iterator[pa.RecordBatch],
    out: Path,
    note: dict[str, Any],
    tally: _Tally,
    overwrite: bool,
) -> list[Path]:
    from curate.export.dataset import DatasetWriter

    check_free(out, overwrite, is_folder=True)
    with placed(out) as partial:
        writer = DatasetWriter(partial)
        _drain(batches, writer)
        writer.save()
        (partial / PROVENANCE_NAME).write_bytes(_note_text(note, tally))
    return [out, out / PROVENANCE_NAME]


def _drain(batches: Iterator[pa.RecordBatch], writer: Writer) -> None:
    with closing(writer):
        for batch in batches:
            writer.write(batch)


def _note_text(note: dict[str, Any], tally: _Tally) -> bytes:
    whole = {**note, "records": tally.records, "warnings": list(tally.warnings())}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
