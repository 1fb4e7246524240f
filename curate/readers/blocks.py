"""Streams in blocks of whole lines, which compiled code reads far faster than single ones."""

from collections.abc import Iterator
from io import BufferedReader
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.readers.streams import LINE_LIMIT, STREAM_ERRORS

BLOCK_BYTES: Final = 64 * 2**20
"""Bytes after which a block ends early, so that long documents do not fill memory."""

ROOM: Final = 8
"""Bytes behind the last line that compiled code may touch."""

_CHUNK: Final = 2**18


class Block(NamedTuple):
    """Some lines of a file; each ends with a line feed, and `ROOM` bytes stand behind the last."""

    data: bytes
    places: npt.NDArray[np.int64]
    """Where in `data` each line begins, and where the last one ends."""
    number: int
    """Of the first line, from 1."""
    is_open: bool
    """Whether the last line has no line feed in the file."""

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.places) - 1

    def line(self, index: int) -> bytes:
        """One line, from 0, as it stands in the file."""
        added = self.is_open and index == len(self) - 1
        return self.data[self.places[index] : self.places[index + 1] - added]


def blocks(stream: BufferedReader, most: int) -> Iterator[Block]:
    """All lines of a stream, at most so many at a time.

    One above `LINE_LIMIT` is cut there, and its rest is skipped. Raises any of `STREAM_ERRORS`
    where the stream is damaged, behind the lines before that.
    """
    number, chunks, left = 1, _chunks(stream), b""
    while True:
        held, lines, size, problem = [left], left.count(b"\n"), len(left), None
        chunk = b"\n"
        try:
            # A chunk without a line feed at its end is the last one, or a line that was cut.
            while lines < most and size < BLOCK_BYTES and chunk[-1:] == b"\n":
                chunk = next(chunks, b"")
                held.append(chunk)
                lines += chunk.count(b"\n")
                size += len(chunk)
        except STREAM_ERRORS as error:
            problem = error
        left = b""
        is_whole = not chunk or problem is not None or size >= BLOCK_BYTES
        for block in _cut(b"".join(held), most, number):
            if len(block) < most and not (is_whole or block.is_open):
                left = block.data[block.places[0] : block.places[-1]]
            else:
                yield block
                number += len(block)
        if problem is not None:
            raise problem
        if not chunk:
            return


def _chunks(stream: BufferedReader) -> Iterator[bytes]:
    """The stream in whole lines."""
    while chunk := stream.read1(_CHUNK):
        start = chunk.rfind(b"\n") + 1
        try:
            rest = _rest(stream, len(chunk) - start) if start < len(chunk) else b""
        except STREAM_ERRORS:
            if start:
                yield chunk[:start]
            raise
        yield chunk + rest


def _rest(stream: BufferedReader, begun: int) -> bytes:
    """What is left of a line, up to the limit; what is beyond that is skipped."""
    line = stream.readline(LINE_LIMIT - begun)
    if line[-1:] != b"\n" and begun + len(line) == LINE_LIMIT:
        while (beyond := stream.readline(LINE_LIMIT)) and beyond[-1:] != b"\n":
            continue
    return line


def _cut(lines: bytes, most: int, number: int) -> Iterator[Block]:
    """Lines in blocks that share their bytes."""
    is_open = bool(lines) and lines[-1:] != b"\n"
    data = b"".join((lines, b"\n" if is_open else b"", b"\0" * ROOM))
    feeds = np.flatnonzero(np.frombuffer(data, np.uint8, len(data) - ROOM) == ord("\n"))
    places = np.concatenate([np.zeros(1, np.int64), feeds + 1])
    for first in range(0, len(feeds), most):
        last = first + most >= len(feeds)
        yield Block(data, places[first : first + most + 1], number + first, is_open and last)
