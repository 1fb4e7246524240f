"""Streams one file as batches of records and of bad input."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Final, NamedTuple

import pyarrow as pa

from curate.errors import InputError
from curate.hashing import record_id
from curate.readers.blocks import BLOCK_BYTES, blocks
from curate.readers.bulk import Bulk
from curate.readers.canonical import canonical, key_bytes
from curate.readers.columnar import columnar_entries
from curate.readers.columns import QuarantineColumns, RecordColumns, in_order
from curate.readers.delimited import delimited_entries
from curate.readers.documents import text_entries
from curate.readers.endings import COLUMNAR, known_format
from curate.readers.entry import Entry
from curate.readers.json_array import json_entries
from curate.readers.jsonl import block_entries, jsonl_entries, refuse_array
from curate.readers.locate import InputFile, source_name
from curate.readers.problem import BadRecordError
from curate.readers.shapes.column import Column
from curate.readers.shapes.shaper import Shaper
from curate.readers.streams import STREAM_ERRORS, open_stream
from curate.recipe.source import Source

BATCH_BYTES: Final = BLOCK_BYTES
"""Bytes of input after which a batch ends early, so that long documents do not fill memory."""

COMPILED_BYTES: Final = 8 * 2**20
"""From so many bytes on compiled code, which takes a second to load, reads a file quicker."""


class Read(NamedTuple):
    """What a stretch of a file holds: records, and what cannot be one.

    `records` has the schema `record.RECORD`, each id made with ordinal 0: the build numbers equals.
    `quarantine` has the schema `record.QUARANTINE`.
    """

    records: pa.RecordBatch
    quarantine: pa.RecordBatch


def read(file: InputFile, source: Source, batch_size: int) -> Iterator[Read]:
    """Stream a file in its order, at most `batch_size` records of input at a time.

    Every record of the file is in `records` or in `quarantine` of one `Read`. Memory does not grow
    with the file. Raises `InputError` where the file as a whole cannot be read on.
    """
    if known_format(file.path.name, source) == "jsonl" and file.bytes >= COMPILED_BYTES:
        yield from _read_lines(file, source, batch_size)
        return
    reader = _Reader(file, source)
    taken = 0
    try:
        with closing(entries_of(file, source, batch_size)) as entries:
            for entry in entries:
                reader.add(entry)
                if reader.held >= batch_size or reader.bytes_held >= BATCH_BYTES:
                    taken += reader.held
                    yield reader.take()
    except STREAM_ERRORS as error:
        raise _damaged(file, taken + reader.held, error) from error
    if reader.held:
        yield reader.take()


def _read_lines(file: InputFile, source: Source, batch_size: int) -> Iterator[Read]:
    """The same of a large file of JSON Lines: most lines are read by compiled code."""
    reader, name = _Reader(file, source), source_name(source)
    bulk = Bulk(reader.shaper, source.key)
    taken = 0
    try:
        with open_stream(file.path, file.name) as stream:
            refuse_array(stream, file.name)
            for block in blocks(stream, batch_size):
                found, left = bulk.read(block)
                for entry in block_entries(block, left):
                    reader.add(entry)
                    if entry.value is not None:
                        bulk.learn(entry.value)
                taken += len(block) - len(left) + reader.held
                records, quarantine = reader.take()
                made = [a.records(name, file.name, source.key, source.license) for a in found]
                yield Read(in_order([*made, records]), quarantine)
    except STREAM_ERRORS as error:
        raise _damaged(file, taken, error) from error


def _damaged(file: InputFile, records: int, error: BaseException) -> InputError:
    return InputError(
        file.name,
        f"the file is cut or damaged after {records} records: {error}",
        "Fetch or write it again",
    )


def entries_of(file: InputFile, source: Source, batch_size: int) -> Generator[Entry]:
    """The entries of a file by its format; a generator, so that leaving it closes the file."""
    kind = known_format(file.path.name, source)
    if kind in COLUMNAR:
        yield from columnar_entries(file.path, file.name, kind, batch_size)
        return
    with open_stream(file.path, file.name) as stream:
        if kind == "jsonl":
            yield from jsonl_entries(stream, file.name)
        elif kind == "json":
            yield from json_entries(stream, file.name)
        elif kind == "text":
            yield from text_entries(stream)
        else:
            yield from delimited_entries(stream, file.name, "\t" if kind == "tsv" else ",")


class _Reader:
    """Turns entries into records or bad input."""

    def __init__(self, file: InputFile, source: Source) -> None:
        self._name = source_name(source)
        self._key = Column(source.key, optional=True) if source.key else None
        self.shaper = Shaper(source.columns, self._name)
        self._records = RecordColumns(self._name, file.name, source.license)
        self._bad = QuarantineColumns(self._name, file.name)
        self.held = 0
        self.bytes_held = 0

    def add(self, entry: Entry) -> None:
        """Take one entry."""
        line, value, raw, problem = entry
        whole = b""
        try:
            if value is None:
                raise BadRecordError(problem)
            whole = canonical(value)
            key = whole if not self._key else key_bytes(self._key.of(value), self._key.path)
            content = self.shaper.content(value)
            self._records.add(record_id(self._name, key), line, content)
        except BadRecordError as error:
            # A columnar row has no bytes of its own: its values stand for it.
            held = raw or whole or str(value or "").encode("utf-8", "replace")
            self._bad.add(line, str(error), held)
        self.held += 1
        self.bytes_held += len(raw or whole)

    def take(self) -> Read:
        """What was taken so far; nothing remains."""
        self.held = self.bytes_held = 0
        return Read(self._records.take(), self._bad.take())
