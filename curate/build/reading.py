"""Files to parts of contents, each file once: what was read is kept by all that makes it.

cache/read/KEY/read.json                 how many records and bad lines the file has
cache/read/KEY/records/NUMBER.arrow      contents (schema `segments.PAYLOAD`), until stored
cache/read/KEY/keys/NUMBER.parquet       of each record: id (ordinal 0), hash, origin
cache/read/KEY/quarantine/NUMBER.parquet
cache/read/KEY/hidden/NUMBER.parquet     hashes that no ledger may have (`opening`)
cache/read/KEY/kept/NUMBER.parquet       what is kept in the place of contents (`opening`)
cache/read/KEY/surrogates/NUMBER.parquet what stands in bad input for what was scrubbed

Where a recipe has an opening, contents and bad input are kept as they are after it, and what it
decided is a memo.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.arrow_file import ARROW
from curate.build.bad_input import scrubbed_bad
from curate.build.cache import Cache, remove, whole_folder, write_fast
from curate.build.culprit import StepError, named
from curate.build.inputs import Input
from curate.build.memo import write_memo
from curate.build.opening import Opening, open_batch
from curate.build.pool import single_batch
from curate.engines.local import LocalEngine
from curate.errors import InputError
from curate.hashing import digest, hash_batch
from curate.progress import Progress
from curate.readers import read
from curate.readers.locate import input_file
from curate.readers.reading import Read
from curate.recipe import Step
from curate.record import ORIGIN_FIELDS, RECORD
from curate.store.segments import PAYLOAD

READER_VERSION: Final = 1
"""Raised whenever readers give another record for the same input: it is part of the key."""

KEYS: Final = pa.schema([("id", pa.binary(16)), ("hash", pa.binary(16)), *ORIGIN_FIELDS])

READ_FILE: Final = "read.json"


class ReadTask(NamedTuple):
    """Read one file."""

    one: Input
    folder: Path
    batch_size: int
    limit: int | None
    opening: Opening


class PartTask(NamedTuple):
    """Write what was read of a stretch of a file."""

    half: Path
    name: str
    read: Read
    license: str | None
    opening: Opening


class ReadResult(NamedTuple):
    """What a file gave, and where it is kept."""

    folder: Path
    records: int
    quarantined: int
    is_new: bool = True

    def files(self, kind: str) -> list[Path]:
        """The files of one kind, in the order of the lines."""
        return sorted((self.folder / kind).glob("*.parquet"))


def read_all(
    inputs: Sequence[Input],
    cache: Cache,
    engine: LocalEngine,
    progress: Progress,
    batch_size: int,
    limit: int | None,
    steps: tuple[Step, ...] = (),
) -> list[ReadResult]:
    """Read the files that are not kept already; the results are in the order of the inputs.

    `limit` is for each source: its first records, file after file. `steps` are those of the opening
    (`opening.opening_of`).
    """
    progress.stage(" + ".join(["read", *(step.name for step in steps)]), None)
    home, opening = cache.group("read"), Opening(steps, cache.group("steps"))
    if limit is not None:
        results = _read_limited(inputs, home, engine, progress, batch_size, limit, opening)
    else:
        tasks = [
            ReadTask(one, home / _key(one, None, opening), batch_size, None, opening)
            for one in inputs
        ]
        results = _read_each(tasks, engine, progress)
    for result in results:
        cache.use(result.folder)
    return results


def _read_each(
    tasks: Sequence[ReadTask], engine: LocalEngine, progress: Progress
) -> list[ReadResult]:
    found = {
        task.folder: result for task in tasks if (result := kept_result(task.folder)) is not None
    }
    missing = {task.folder: task for task in tasks if task.folder not in found}
    if engine.workers == 1 or len(missing) == 1:
        found |= {folder: read_file(task, progress, engine) for folder, task in missing.items()}
    else:
        for result in engine.map(read_file, missing.values()):
            progress.advance(result.records)
            found[result.folder] = result
    return [found[task.folder] for task in tasks]


def _read_limited(
    inputs: Sequence[Input],
    home: Path,
    engine: LocalEngine,
    progress: Progress,
    batch_size: int,
    limit: int,
    opening: Opening,
) -> list[ReadResult]:
    left = {one.name: limit for one in inputs}
    results = []
    for one in inputs:
        folder = home / _key(one, left[one.name], opening)
        task = ReadTask(one, folder, batch_size, left[one.name], opening)
        result = kept_result(folder) or read_file(task, progress, engine)
        left[one.name] -= result.records
        results.append(result)
    return results


def _key(one: Input, limit: int | None, opening: Opening) -> str:
    """Digest all that makes what is read; neither the source's path nor the batch size does."""
    source = one.source.model_dump(mode="json", exclude={"path"})
    made_of = [READER_VERSION, source, one.name, one.file.name, one.file.sha256, limit]
    made_of += opening.chain
    return digest(orjson.dumps(made_of, option=orjson.OPT_SORT_KEYS)).hex()


def kept_result(folder: Path) -> ReadResult | None:
    """What a folder has, where it is whole."""
    try:
        kept = orjson.loads((folder / READ_FILE).read_bytes())
        return ReadResult(folder, int(kept["records"]), int(kept["quarantined"]), is_new=False)
    except (OSError, ValueError, KeyError, TypeError):
        remove(folder)
        return None


def read_file(
    task: ReadTask, progress: Progress | None = None, engine: LocalEngine | None = None
) -> ReadResult:
    """Read one file into its folder, in a worker or here; then an engine may share the opening.

    Raises `InputError` where the file is no longer what was hashed: it is found again by that hash,
    so what is kept must be what the hash says.
    """
    with whole_folder(task.folder) as half:
        result = _read_into(half, task, progress, engine)
        file = task.one.file
        if input_file(file.path, file.name).sha256 != file.sha256:
            raise InputError(
                file.name, "changed while it was read", "Build again when nothing writes to it"
            )
        counts = {"records": result.records, "quarantined": result.quarantined}
        (half / READ_FILE).write_bytes(orjson.dumps(counts))
    return result


def _read_into(
    half: Path, task: ReadTask, progress: Progress | None, engine: LocalEngine | None
) -> ReadResult:
    parts = _parts(half, task)
    is_shared = engine is not None and task.opening.steps
    written = engine.map(write_part, parts) if engine and is_shared else map(write_part, parts)
    records = quarantined = 0
    for came, bad in written:
        records, quarantined = records + came, quarantined + bad
        if progress is not None:
            progress.advance(came)
    return ReadResult(task.folder, records, quarantined)


def _parts(half: Path, task: ReadTask) -> Iterator[PartTask]:
    if task.limit == 0:
        return
    records, source = 0, task.one.source
    for number, found in enumerate(read(task.one.file, source, task.batch_size)):
        if task.limit is not None:
            found = _limited(found, task.limit - records)
        yield PartTask(half, f"{number:06d}", found, source.license, task.opening)
        records += len(found.records)
        if task.limit is not None and records >= task.limit:
            break


def _limited(found: Read, limit: int) -> Read:
    """The first records, and the bad input before the last of them: no more, whatever the batch."""
    if len(found.records) < limit:
        return found
    records = found.records.slice(0, limit)
    before = pc.less(found.quarantine.column("line"), records.column("line")[-1])
    return Read(records, found.quarantine.filter(before))


def write_part(task: PartTask) -> tuple[int, int]:
    """Write the files of a part; return how many records and bad lines it has.

    Raises `OperatorError` where a step of the opening fails.
    """
    half, name, (records, bad), license_, opening = task
    if len(records):
        batch = _licensed(records, license_)
        columns = {field: batch.column(field) for field in RECORD.names}
        columns["hash"] = hash_batch(batch)
        contents, keys = (
            pa.table([columns[field] for field in schema.names], schema=schema)
            for schema in (PAYLOAD, KEYS)
        )
        if opening.steps:
            contents = _opened(task, contents, keys)
        write_fast(half / "records" / f"{name}{ARROW}", contents)
        write_fast(half / "keys" / f"{name}.parquet", keys)
    if len(bad):
        rows, surrogates = scrubbed_bad(opening.steps, bad)
        write_fast(half / "quarantine" / f"{name}.parquet", pa.Table.from_batches([rows]))
        if len(surrogates):
            write_fast(half / "surrogates" / f"{name}.parquet", surrogates)
    return len(records), len(bad)


def _opened(task: PartTask, contents: pa.Table, keys: pa.Table) -> pa.Table:
    """The contents after the opening, whose decisions are written as a memo."""
    half, name, opening = task.half, task.name, task.opening
    try:
        opened = open_batch(opening.steps, single_batch(contents))
    except StepError as error:
        row = pc.index(keys.column("hash"), pa.scalar(error.content, keys.schema.field(1).type))
        found = keys.slice(row.as_py(), 1).to_pylist() if error.content else []
        record = [(one["id"], one["file"], one["line"]) for one in found]
        raise named(error, record[0] if record else None) from error
    write_memo(opening.memos, opening.chain, opened.memo)
    for kind, table in (("hidden", opened.hidden), ("kept", opened.kept)):
        if len(table):
            write_fast(half / kind / f"{name}.parquet", table)
    return opened.contents


def _licensed(batch: pa.RecordBatch, license_: str | None) -> pa.RecordBatch:
    """Give records that name no licence their source's."""
    if license_ is None:
        return batch
    column = pc.coalesce(batch.column("license"), pa.scalar(license_))
    position = RECORD.get_field_index("license")
    return batch.set_column(position, RECORD.field("license"), column)
