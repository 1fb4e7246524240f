"""The first stage: files to parts of records, each with its identity and hash."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.build.account import Count
from curate.build.parts import part_path, parts_of, write_part, write_records
from curate.build.stage import Stage
from curate.build.task import ReadResult, ReadTask
from curate.engines.local import LocalEngine
from curate.errors import InputError
from curate.hashing import hash_batch, id_of_equal
from curate.progress import Progress
from curate.readers import InputFile, read, resolve, source_name
from curate.readers.locate import input_file
from curate.readers.reading import Read
from curate.recipe import Recipe
from curate.recipe.source import Source
from curate.recipe.step import READ
from curate.record import RECORD, WORKING
from curate.store.catalog import connect, quoted, table_of
from curate.store.parquet import ROWS, parquet_sql

READER_VERSION = 1
"""Raised whenever readers give another record for the same input: it is part of the stage's key."""

MAX_BAD_SHARE = 0.01
MAX_BAD_NUMBER = 10
REASONS_SHOWN = 3


class Input(NamedTuple):
    """A file of a source."""

    source: Source
    name: str
    file: InputFile


def inputs_of(recipe: Recipe) -> list[Input]:
    """Find and hash all files of a recipe, in the order of sources and names."""
    return [
        Input(source, source_name(source), file)
        for source in recipe.sources
        for file in _files_of(source, recipe.base)
    ]


def _files_of(source: Source, base: Path) -> list[InputFile]:
    try:
        files = resolve(source, base)
    except OSError as error:
        raise InputError(
            f"source {source.path}", f"cannot be read: {error.strerror}", "Check `path:`"
        ) from error
    return [file._replace(name=_as_text(file.name)) for file in files]


def _as_text(name: str) -> str:
    """A name whose bytes may not be UTF-8 as a text, by escapes."""
    return os.fsencode(name).decode(errors="backslashreplace")


def read_all(
    inputs: list[Input],
    stage: Stage,
    engine: LocalEngine,
    progress: Progress,
    batch_size: int,
    limit: int | None,
) -> None:
    """Fill the stage: parts, quarantine, counts by source, and `facts["files"]`."""
    progress.stage("read", None)
    tasks = [
        ReadTask(i.file, i.source, i.name, stage.folder, number, batch_size, limit)
        for number, i in enumerate(inputs)
    ]
    if limit is not None:
        results = _read_limited(tasks, limit, progress)
    elif engine.workers == 1 or len(tasks) == 1:
        results = [read_file(task, progress) for task in tasks]
    else:
        results = []
        for result in engine.map(read_file, tasks):
            progress.advance(result.records)
            results.append(result)
    if not parts_of(stage.folder, "records"):
        write_records(stage.folder, "00000-000000", _nothing())
    stage.facts["files"] = [_described(i, r) for i, r in zip(inputs, results, strict=True)]
    for one, result in zip(inputs, results, strict=True):
        key = (READ, one.name)
        total = result.records + result.quarantined
        count = Count(total, 0, result.records, 0, 0, result.quarantined)
        stage.counts[key] = stage.counts.get(key, Count()).plus(count)
    repeated = _number_equals(stage.folder, {i.name for i in inputs if i.source.key})
    stage.facts["warnings"] = [*repeated, *_unread(stage)]


def _nothing() -> pa.RecordBatch:
    """What a build without any record goes on with."""
    return pa.RecordBatch.from_pylist([], schema=WORKING)


def _described(one: Input, result: ReadResult) -> dict[str, Any]:
    return {
        "source": one.name,
        "file": one.file.name,
        "sha256": one.file.sha256,
        "bytes": one.file.bytes,
        "license": one.source.license,
        "records": result.records,
        "quarantined": result.quarantined,
    }


def _read_limited(tasks: list[ReadTask], limit: int, progress: Progress) -> list[ReadResult]:
    """Read the first records of each source, file after file."""
    left = {task.source_name: limit for task in tasks}
    results = []
    for task in tasks:
        if left[task.source_name] == 0:
            results.append(ReadResult(task.number, 0, 0, 0))
            continue
        result = read_file(task._replace(limit=left[task.source_name]), progress)
        left[task.source_name] -= result.records
        results.append(result)
    return results


def read_file(task: ReadTask, progress: Progress | None = None) -> ReadResult:
    """Read one file into parts of the stage, in a worker or here.

    Raises `InputError` where the file is no longer what was hashed: a stage is found again by that
    hash, so it must hold what the hash says.
    """
    records = quarantined = parts = 0
    for found in read(task.file, task.source, task.batch_size):
        if task.limit is not None:
            found = _limited(found, task.limit - records)
        batch = found.records
        name = f"{task.number:05d}-{parts:06d}"
        write_records(task.stage, name, _working(batch, task.source.license))
        if len(found.quarantine):
            table = pa.Table.from_batches([found.quarantine])
            write_part(task.stage, "quarantine", name, table)
        records, quarantined = records + len(batch), quarantined + len(found.quarantine)
        parts += 1
        if progress is not None:
            progress.advance(len(batch))
        if task.limit is not None and records >= task.limit:
            break
    if input_file(task.file.path, task.file.name).sha256 != task.file.sha256:
        raise InputError(
            task.file.name, "changed while it was read", "Build again when nothing writes to it"
        )
    return ReadResult(task.number, parts, records, quarantined)


def _limited(found: Read, limit: int) -> Read:
    """The first records, and the bad input before the last of them: no more, whatever the batch."""
    if len(found.records) < limit:
        return found
    records = found.records.slice(0, limit)
    before = pc.less(found.quarantine.column("line"), records.column("line")[-1])
    return Read(records, found.quarantine.filter(before))


def _working(batch: pa.RecordBatch, license_: str | None) -> pa.RecordBatch:
    if license_ is not None:
        column = pc.coalesce(batch.column("license"), pa.scalar(license_))
        position = RECORD.get_field_index("license")
        batch = batch.set_column(position, RECORD.field("license"), column)
    columns = {name: batch.column(name) for name in RECORD.names}
    columns["copy"] = pa.array(np.zeros(len(batch), np.int32))
    columns["hash"] = hash_batch(batch)
    columns["split"] = pa.nulls(len(batch), pa.string())
    return pa.RecordBatch.from_arrays([columns[name] for name in WORKING.names], schema=WORKING)


def _number_equals(stage: Path, keyed: set[str]) -> list[str]:
    """Give records of equal identity their ordinals; return a warning for each keyed source."""
    keys = parts_of(stage, "keys")
    if not keys:
        return []
    with connect() as connection:
        again = table_of(
            connection,
            "SELECT parse_filename(filename, true) AS part, file_row_number AS row, id, source, "
            "row_number() OVER (PARTITION BY id ORDER BY hash, filename, file_row_number) - 1 AS n "
            f"FROM {parquet_sql(keys, *ROWS)} "
            "QUALIFY n > 0 ORDER BY part, row",
        )
    rows = again.to_pylist()
    by_part: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_part.setdefault(row["part"], []).append(row)
    for part, equals in by_part.items():
        _rename(stage, part, equals)
    return [
        f"source {name}: {number:,} record{'s repeat' if number > 1 else ' repeats'} a key; equals "
        "are told apart by their content"
        for name in sorted(keyed)
        if (number := sum(row["source"] == name for row in rows))
    ]


def _unread(stage: Stage) -> list[str]:
    """A warning for each source that gave no record: too few lines may be bad to stop for."""
    return [
        f"source {source}: "
        + (
            f"none of its {count.came:,} records can be read: {_reasons(stage, source)}"
            if count.came
            else "its files hold no records"
        )
        for (_, source), count in stage.counts.items()
        if not count.kept
    ]


def _rename(stage: Path, part: str, equals: list[dict[str, Any]]) -> None:
    table = pq.read_table(part_path(stage, "records", part), schema=WORKING)
    batch = table.combine_chunks().to_batches()[0]
    ids = batch.column("id").to_pylist()
    for row in equals:
        ids[row["row"]] = id_of_equal(row["id"], row["n"])
    column = pa.array(ids, pa.binary(16))
    write_records(stage, part, batch.set_column(0, WORKING.field("id"), column))


def check_bad(stage: Stage, max_bad: float | None) -> None:
    """Law 2: stop where more than max(1 %, 10) of the input is bad, or more than `max_bad`.

    `max_bad` below 1 is a share, from 1 on a number.
    """
    read_count = sum(count.came for (step, _), count in stage.counts.items() if step == READ)
    bad = sum(count.quarantined for count in stage.counts.values())
    allowed = max(MAX_BAD_SHARE * read_count, MAX_BAD_NUMBER)
    if max_bad is not None:
        allowed = max_bad * read_count if max_bad < 1 else max_bad
    if bad > allowed:
        raise InputError(
            "input",
            f"{bad:,} of {read_count:,} records are bad, more than {allowed:,.0f}: "
            + _reasons(stage),
            "Mend the files or map their columns, or allow more by --max-bad. Nothing was done.",
        )


def _reasons(stage: Stage, source: str | None = None) -> str:
    of = "true" if source is None else f"source = {quoted(source)}"
    bad = parquet_sql(parts_of(stage.folder, "quarantine"))
    with connect() as connection:
        rows = connection.execute(
            f"SELECT file, line, reason FROM {bad} WHERE {of} "
            f"ORDER BY file, line LIMIT {REASONS_SHOWN}"
        ).fetchall()
    return "; ".join(f"{file}:{line}: {reason}" for file, line, reason in rows)
