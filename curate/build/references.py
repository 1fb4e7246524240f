"""What selections compare with: files, and versions of the store."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from curate.build.cache import write_fast
from curate.build.records import allowed_bad
from curate.errors import InputError, NotFoundError, UsageError
from curate.hashing import digest, hash_batch
from curate.readers import InputFile, read, resolve, source_name
from curate.recipe import Recipe, Step
from curate.recipe.source import Source
from curate.record import WORKING
from curate.selection import Reference, SelectionOperator
from curate.store import Store, Version

BATCH: Final = 10_000


class Named(NamedTuple):
    """What a step compares with, found but not read."""

    name: str
    digest: str
    source: Source | None
    files: tuple[InputFile, ...]
    version: Version | None

    def described(self) -> dict[str, str]:
        """What a manifest says of it."""
        return {"name": self.name, "digest": self.digest}


def named_references(recipe: Recipe, store: Store) -> dict[str, list[Named]]:
    """Find what the selections of a recipe compare with, by step; steps without are left out."""
    found: dict[str, list[Named]] = {}
    for step in recipe.steps:
        if isinstance(step.operator, SelectionOperator) and step.operator.against():
            where = f"step {step.name}: against"
            against = step.operator.against()
            found[step.name] = [find_reference(text, recipe.base, store, where) for text in against]
    return found


def bound(step: Step, named: Sequence[Named], folder: Path) -> Step:
    """The step with what it compares with at hand; files are read into a folder."""
    operator = step.operator
    if not named or not isinstance(operator, SelectionOperator):
        return step
    references = [read_reference(each, folder) for each in named]
    return Step(step.name, operator.with_references(references))


def find_reference(text: str, base: Path, store: Store | None, where: str) -> Named:
    """Find what a path or a REF names; a path that exists comes first.

    Raises `NotFoundError` where it is neither, `InputError` where its files cannot be read.
    """
    if _looks_like_path(text, base):
        source = Source(path=text)
        name = source_name(source)
        source = source.model_copy(update={"name": name})
        files = tuple(resolve(source, base))
        made_of = [name, *(f"{file.name} {file.sha256}" for file in files)]
        return Named(text, digest(*(part.encode() for part in made_of)).hex(), source, files, None)
    try:
        if store is None:
            raise NotFoundError(f"REF {text!r}", "there is no store", "")
        version = store.version(text)
    except (NotFoundError, UsageError) as error:
        raise NotFoundError(
            where,
            f"{text!r} is neither a file (looked for in {base.resolve()}) nor a version: "
            f"{error.found}",
            error.right or "Write the path of a file, or a REF such as dataset@3.",
        ) from error
    key = digest(version.snapshot.encode(), (version.split or "").encode())
    return Named(text, key.hex(), None, (), version)


def read_reference(named: Named, folder: Path) -> Reference:
    """Make the records of files ready in a folder; those of a version are in the store."""
    if named.version is not None:
        return Reference(named.name, named.digest, partial(_stored, named.version))
    path = folder / f"{named.digest}.parquet"
    if not path.is_file():
        write_fast(path, _records(named))
    return Reference(named.name, named.digest, partial(_kept, path))


def _looks_like_path(text: str, base: Path) -> bool:
    return (base / text).exists() or "/" in text or any(mark in text for mark in "*?[\\")


def _stored(version: Version, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    yield from version.batches(columns, BATCH)


def _kept(path: Path, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([WORKING.field(name) for name in columns or WORKING.names])
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=schema.names):
            yield from pa.Table.from_batches([batch]).select(schema.names).cast(schema).to_batches()


def _records(named: Named) -> pa.Table:
    """The records of files, each id once: of equal ones any stands for all."""
    assert named.source is not None
    tables: list[pa.Table] = [WORKING.empty_table()]
    bad, reasons = 0, []
    for file in named.files:
        for found in read(file, named.source, BATCH):
            bad += len(found.quarantine)
            reasons += found.quarantine.slice(0, 1).to_pylist()
            tables.append(_working(found.records))
    table = pa.concat_tables(tables)
    if bad > allowed_bad(bad + len(table), None) or not len(table):
        why = f": {reasons[0]['file']}:{reasons[0]['line']}: {reasons[0]['reason']}" if bad else ""
        raise InputError(
            named.name,
            f"{bad:,} of its {bad + len(table):,} records cannot be read{why}",
            "Mend the file, or make a dataset of it by a recipe that maps its columns.",
        )
    first = pa.table({"id": table["id"], "row": pa.array(range(len(table)), pa.int64())})
    rows = first.group_by("id").aggregate([("row", "min")])["row_min"].sort()
    return table.take(rows)


def _working(batch: pa.RecordBatch) -> pa.Table:
    given: dict[str, Any] = {name: batch.column(name) for name in batch.schema.names}
    given["hash"] = hash_batch(batch)
    given["copy"] = pa.array([0] * len(batch), pa.int32())
    arrays = [
        given[field.name] if field.name in given else pa.nulls(len(batch), field.type)
        for field in WORKING
    ]
    return pa.table(arrays, schema=WORKING)
