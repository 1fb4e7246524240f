"""Code in prose: fenced blocks, inline code, paths, file names and identifiers."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from curate.code_fences import code_blocks

_TICKS: Final = re.compile("`+")
_OTHER: Final = r"\x{80}-\x{1fff}\x{2070}-\x{2fff}\x{3040}-\x{feff}\x{ff21}-\x{10ffff}"
"""What is not ASCII, without punctuation: the classes of all letters make RE2 ten times larger."""

_LETTER: Final = "A-Za-z" + _OTHER
_SIGN: Final = "0-9_" + _LETTER
_ENDINGS: Final = (
    "bat|c|cc|cfg|cpp|cs|css|csv|db|dll|docx?|exe|gif|go|gz|h|html?|ini|ipynb|jar|java|jpe?g|json"
    "|jsonl|js|kt|log|lua|md|mp3|mp4|parquet|pdf|php|png|pptx?|ps1|py|rb|rs|rst|sh|sql|svg|tar|toml"
    "|tsv|ts|tsx|txt|whl|xlsx?|xml|ya?ml|zip"
)
_NAMES: Final = re2.compile(
    rf"(?:\.{{0,2}}/|~/|[A-Za-z]:\\|\\\\)[{_SIGN}.@%+~-]+(?:[/\\][{_SIGN}.@%+~-]*)*"
    rf"|[{_SIGN}.-]+(?:/[{_SIGN}.-]+)+\.[A-Za-z0-9]+"
    rf"|[{_SIGN}-]+\.(?:{_ENDINGS})\b"
    rf"|[{_SIGN}.]*(?:_[0-9{_LETTER}]|[0-9{_LETTER}]_)[{_SIGN}.]*(?:\(\))?"
    rf"|[_{_LETTER}][{_SIGN}.]*\(\)"
    rf"|[_{_LETTER}][{_SIGN}]*(?:(?:::|->)[_{_LETTER}][{_SIGN}]*)+"
    r"|--?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*=[^\s]+"
    r"|--[A-Za-z][A-Za-z0-9-]+"
)
"""Paths, file names, names with underscores, calls, qualified names, and options of commands."""

_NAME_GATE: Final = re.compile(r"[/\\_]|\(\)|::|->|--|=|\.[A-Za-z]")


def code(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text that are code, in no order; the fences belong to it."""
    blocks = list(_blocks(text))
    yield from blocks
    if "`" in text:
        yield from _inline(text, blocks)
    if _NAME_GATE.search(text):
        for match in _NAMES.finditer(text):
            start, end = match.span()
            while text[end - 1] == "." and end - 1 > start:
                end -= 1
            yield start, end


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Fenced blocks with the lines of their fences."""
    for block in code_blocks(text):
        opening = text.rfind("\n", 0, max(block.start - 1, 0)) + 1
        closing = text.find("\n", block.end) if block.closed else -1
        yield opening, len(text) if closing < 0 else closing


def _inline(text: str, blocks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Inline code: from a run of backticks to the next of the same length (CommonMark 6.1)."""
    runs = [run.span() for run in _TICKS.finditer(text)]
    runs = [run for run in runs if not _within(run[0], blocks)]
    later: dict[int, list[int]] = {}
    for place in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[place][1] - runs[place][0], []).append(place)
    place = 0
    while place < len(runs):
        equal = later[runs[place][1] - runs[place][0]]
        while equal and equal[-1] <= place:
            equal.pop()
        if equal:
            closing = equal.pop()
            yield runs[place][0], runs[closing][1]
            place = closing
        place += 1


def _within(place: int, blocks: list[tuple[int, int]]) -> bool:
    """Whether a place is in one of the blocks, which are few and in order."""
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        if blocks[middle][1] <= place:
            low = middle + 1
        else:
            high = middle
    return low < len(blocks) and blocks[low][0] <= place
