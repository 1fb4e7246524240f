"""What records of a version share with test suites, and which models learned them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.contamination.check import COLUMNS, Check
from curate.contamination.verdict import Hit, Span, Verdict
from curate.history.impact import Learned, learned
from curate.history.places import flattened
from curate.progress import Progress
from curate.record import WORKING, batch_of
from curate.store import Store, Version

BATCH: Final = 10_000
_READ: Final = (*COLUMNS, "hash")


class Found(NamedTuple):
    """What a check of a version found."""

    verdict: Verdict
    hashes: Mapping[bytes, bytes]
    """The content of each record that shares anything, by id."""
    learned: tuple[Learned, ...]
    """The runs that were given contaminated records."""


class Passage(NamedTuple):
    """A span of a text, with what stands around it."""

    span: Span
    before: str
    text: str
    after: str


def decontam(store: Store, version: Version, check: Check, progress: Progress) -> Found:
    """Check the records of a version (or of its split) against suites; nothing is built again."""
    progress.stage("decontam", version.count())
    tables, last = [_facts(check, batch_of([], WORKING), None)], None
    for batch in version.batches(_READ, BATCH):
        tables.append(_facts(check, batch, last))
        last = batch.column("id")[-1].as_py()
        progress.advance(len(batch))
    table = pa.concat_tables(tables)
    verdict = check.verdict(table)
    records = [one.id for one in verdict.worst]
    hashes = dict(zip(table["id"].to_pylist(), table["hash"].to_pylist(), strict=True))
    return Found(verdict, hashes, learned(store, records, store.versions()) if records else ())


def _facts(check: Check, batch: pa.RecordBatch, last: bytes | None) -> pa.Table:
    """The facts of records that have any, with id and hash; `last` is the id before them.

    Copies of a record stand one behind the other and say the same: the first stands for all.
    """
    facts = check.facts(batch)
    ids = batch.column("id").cast(pa.binary())
    shifted = pa.concat_arrays([pa.array([last], pa.binary()), ids])[: len(ids)]
    first = pc.fill_null(pc.not_equal(ids, shifted), True)
    found = pc.or_(facts.column("questions").is_valid(), facts.column("answers").is_valid())
    columns = [ids, batch.column("hash").cast(pa.binary()), *facts.columns]
    table = pa.table(columns, names=["id", "hash", *facts.schema.names])
    return table.filter(pc.and_(first, found))


def passages(content: Mapping[str, Any], spans: Iterable[Span], context: int) -> list[Passage]:
    """The spans of a content (a row of `record.CONTENT`), with `context` characters around each."""
    texts = flattened(content)
    found = []
    for span in spans:
        text = texts[span.field].value
        start, end = span.start, span.end
        before, after = text[max(0, start - context) : start], text[end : end + context]
        found.append(Passage(span, before, text[start:end], after))
    return found


def contents_of(
    version: Version, found: Found, hits: Sequence[Hit]
) -> dict[bytes, Mapping[str, Any]]:
    """The contents of the records of some hits, by id; erased ones are left out."""
    hashes = {hit.id: found.hashes[hit.id] for hit in hits}
    contents = version.payloads(list(set(hashes.values())))
    return {one: contents[key] for one, key in hashes.items() if key in contents}
