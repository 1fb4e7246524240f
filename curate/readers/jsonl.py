"""JSON Lines: one object a line."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from io import BufferedReader
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from curate.errors import InputError
from curate.readers.blocks import Block
from curate.readers.entry import Entry
from curate.readers.problem import named
from curate.readers.streams import LINE_LIMIT


def jsonl_entries(stream: BufferedReader, name: str) -> Iterator[Entry]:
    """Each line that is not blank, with its real number."""
    refuse_array(stream, name)
    return line_entries(bounded_lines(stream))


def block_entries(block: Block, lines: npt.NDArray[np.int64]) -> Iterator[Entry]:
    """The same of some lines of a block, by their indices."""
    for index in lines.tolist():
        for entry in line_entries([block.line(index)]):
            yield entry._replace(line=block.number + index)


def refuse_array(stream: BufferedReader, name: str) -> None:
    """Raise `InputError` where a file is one JSON array."""
    if stream.peek(1).lstrip()[:1] == b"[":
        raise InputError(
            name, "the file holds a JSON array, not one object a line", "Set `format: json`"
        )


def bounded_lines(stream: BufferedReader) -> Iterator[bytes]:
    """The lines of a stream; one above the limit is cut there, and its rest is skipped."""
    for line in iter(partial(stream.readline, LINE_LIMIT), b""):
        yield line
        if len(line) == LINE_LIMIT and line[-1:] != b"\n":
            while (rest := stream.readline(LINE_LIMIT)) and rest[-1:] != b"\n":
                continue


def line_entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """An entry for each line (or element) of JSON; blank lines are not records."""
    loads = orjson.loads
    for number, line in enumerate(lines, 1):
        try:
            value = loads(line)
        except orjson.JSONDecodeError as error:
            if line.isspace():
                continue
            yield _second_try(number, line, error)
            continue
        if type(value) is dict:
            yield Entry(number, value, line)
        else:
            yield Entry(number, None, line, not_an_object(value))


def not_an_object(value: Any) -> str:
    """Why a JSON value that is no object is no record."""
    return f"{named(value)}; a record is an object, {{...}}"


def _second_try(number: int, line: bytes, error: orjson.JSONDecodeError) -> Entry:
    """Python writes NaN and Infinity, which JSON has not: they are read as null."""
    if b"NaN" in line or b"Infinity" in line:
        try:
            value = json.loads(line, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return Entry(number, None, line, _reason(line, error))
        if isinstance(value, dict):
            return Entry(number, value, line)
    return Entry(number, None, line, _reason(line, error))


def _reason(line: bytes, error: orjson.JSONDecodeError) -> str:
    if len(line) >= LINE_LIMIT:
        return f"longer than {LINE_LIMIT // 2**20} MiB"
    try:
        line.decode()
    except UnicodeDecodeError as fault:
        return f"byte {fault.start + 1} is not UTF-8; save the file as UTF-8"
    if "surrogate" in error.msg:
        return f"a lone surrogate at column {error.colno}; \\uD800 to \\uDFFF come in pairs"
    return f"not valid JSON: {error.msg} at column {error.colno}"
