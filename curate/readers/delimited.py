"""CSV and TSV, with a header line; fields may be quoted, and then hold line ends."""

import csv
from collections import deque
from collections.abc import Iterator
from io import BufferedReader

from curate.errors import InputError
from curate.readers.entry import Entry
from curate.readers.jsonl import bounded_lines

FIELD_LIMIT = 16 * 2**20
"""Characters of one field above which its quote is taken as unclosed."""


class _Lines:
    """The decoded lines of a file, with the bytes of those taken since the last `begin`.

    Bytes that are not UTF-8 become lone surrogates, which canonical JSON refuses.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self._lines = bounded_lines(stream)
        self._returned: deque[bytes] = deque()
        self.taken: list[bytes] = []
        self.number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        return line.decode("utf-8", "surrogateescape")

    def begin(self) -> None:
        self.number += len(self.taken)
        self.taken = []

    def keep_first(self) -> None:
        """Give back all taken lines but the first."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def delimited_entries(stream: BufferedReader, name: str, delimiter: str) -> Iterator[Entry]:
    """Each row as column -> text, numbered by the line where it begins."""
    csv.field_size_limit(FIELD_LIMIT)
    lines = _Lines(stream)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _header(rows, name)
    while True:
        lines.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # An unclosed quote takes in the lines after it: only the first is surely bad.
            lines.keep_first()
            yield _unquoted(header, lines, delimiter, str(error))
            continue
        if row:
            yield _entry(row, header, lines)


def _entry(row: list[str], header: list[str], lines: _Lines) -> Entry:
    raw = b"".join(lines.taken)
    if len(row) == len(header):
        return Entry(lines.number, dict(zip(header, row, strict=True)), raw)
    reason = f"{len(row)} fields; the header has {len(header)}"
    return Entry(lines.number, None, raw, reason)


def _unquoted(header: list[str], lines: _Lines, delimiter: str, problem: str) -> Entry:
    """A row with stray quotes: TSV as registered has no quoting, so there they are content."""
    line = lines.taken[0].removesuffix(b"\n").removesuffix(b"\r")
    row = line.decode("utf-8", "surrogateescape").split(delimiter)
    if delimiter == "\t" and len(row) == len(header):
        return _entry(row, header, lines)
    return Entry(lines.number, None, lines.taken[0], f"broken row: {problem}")


def _header(rows: Iterator[list[str]], name: str) -> list[str]:
    try:
        header = next((row for row in rows if row), [])
    except csv.Error as error:
        raise InputError(name, f"the header cannot be read: {error}", "Repair line 1") from error
    twice = next((column for column in header if header.count(column) > 1), None)
    if twice is not None:
        raise InputError(name, f"two columns are named {twice!r}", "Rename one in the header line")
    return header
