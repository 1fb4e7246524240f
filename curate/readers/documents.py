"""Plain text: one document a line."""

from collections.abc import Iterator
from io import BufferedReader

from curate.readers.entry import Entry
from curate.readers.jsonl import bounded_lines


def text_entries(stream: BufferedReader) -> Iterator[Entry]:
    """Each line that is not blank, without its line end, as a record of the column `text`."""
    for number, line in enumerate(bounded_lines(stream), 1):
        if not line.isspace():
            text = line.removesuffix(b"\n").removesuffix(b"\r")
            yield Entry(number, {"text": text.decode("utf-8", "surrogateescape")}, line)
