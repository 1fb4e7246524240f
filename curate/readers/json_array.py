"""JSON: an array of objects, streamed; or one object; or JSON Lines under another ending.

Only as much text is held as one element needs: elements are cut out by counting brackets outside
strings, and each is parsed alone. So one broken element does not spoil the others.
"""

import re
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from typing import Any, Final

import orjson

from curate.errors import InputError
from curate.readers.entry import Entry
from curate.readers.jsonl import bounded_lines, line_entries
from curate.readers.streams import LINE_LIMIT

_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TO_BRACKET: Final = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+[\[\]{}]", re.DOTALL)
"""From inside an element to its next bracket."""
_TO_END: Final = re.compile(rb'(?:[^",\[\]{}]++|' + _STRING + rb")*+[,\[\]{}]", re.DOTALL)
"""From between brackets to what ends or opens an element."""

_CHUNK: Final = 2**18


def json_entries(stream: BufferedReader, name: str) -> Iterator[Entry]:
    """The records of a JSON file, numbered from 1."""
    first = _first_byte(stream)
    if first == b"[":
        stream.read(1)
        return line_entries(_elements(stream, name))
    if first == b"{":
        return _object_entries(stream, name)
    raise InputError(
        name, f"the file begins with {first!r}", "JSON here is an array of objects: [{...}, ...]"
    )


def _first_byte(stream: BufferedReader) -> bytes:
    while (head := stream.peek(1)[:1]).isspace():
        stream.read(1)
    return head


def _elements(stream: BufferedReader, name: str) -> Iterator[bytes]:
    """The bytes of each element of the array whose opening bracket has been read."""
    buffer, start, position, depth, count = b"", 0, 0, 0, 0
    while True:
        found = (_TO_BRACKET if depth else _TO_END).match(buffer, position)
        if found is None:
            buffer = _more(stream, buffer[start:], count, name)
            position, start = position - start, 0
            continue
        position = found.end()
        mark = buffer[position - 1]
        if mark in b"[{":
            depth += 1
        elif depth:
            depth -= 1
        elif mark in b",]":
            if raw := buffer[start : position - 1].strip():
                count += 1
                yield raw
            start = position
            if mark == ord("]"):
                break
    _refuse_rest(buffer[position:], stream, name)


def _more(stream: BufferedReader, held: bytes, count: int, name: str) -> bytes:
    """What is held of an element, and at least as much again."""
    chunk = stream.read(max(_CHUNK, len(held)))
    if not chunk:
        raise InputError(
            name,
            f"the array is not closed: the text ends after {count} elements",
            "The file is cut, or a bracket or quote is missing; fetch or repair it",
        )
    if len(held) > LINE_LIMIT:
        raise InputError(
            name,
            f"element {count + 1} is longer than {LINE_LIMIT // 2**20} MiB, or not closed",
            "Repair the file",
        )
    return held + chunk


def _refuse_rest(held: bytes, stream: BufferedReader, name: str) -> None:
    while not held.strip():
        held = stream.read(_CHUNK)
        if not held:
            return
    raise InputError(
        name, f"more text after the array: {held.strip()[:20]!r}", "Keep one array in a file"
    )


def _object_entries(stream: BufferedReader, name: str) -> Iterator[Entry]:
    lines = bounded_lines(stream)
    first = next(lines)
    second = next((line for line in lines if not line.isspace()), None)
    if second is not None and _is_object(first):
        yield from _renumbered(chain([first, second], lines))
        return
    rest = b"".join(chain([second or b""], lines))
    try:
        value = orjson.loads(first + rest)
    except orjson.JSONDecodeError as error:
        raise InputError(
            name,
            f"neither one JSON value nor JSON Lines: {error.msg}",
            "JSON here is an array of objects: [{...}, ...]",
        ) from error
    _refuse_table(value, name)
    yield Entry(1, value, first + rest)


def _renumbered(lines: Iterator[bytes]) -> Iterator[Entry]:
    for number, entry in enumerate(line_entries(lines), 1):
        yield entry._replace(line=number)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _refuse_table(value: dict[str, Any], name: str) -> None:
    """An object that holds rows is not one record, unless the rows are its turns."""
    from curate.readers.shapes.detect import plan_of

    if plan_of(value) is not None:
        return
    for column, rows in value.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], list | dict):
            raise InputError(
                name,
                f"one object whose {column!r} is a list of {len(rows)} rows",
                "Save the rows themselves as an array of objects, or one object a line",
            )
