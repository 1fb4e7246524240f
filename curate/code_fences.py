"""Fenced code blocks of Markdown, as CommonMark 0.31 section 4.5 defines them.

One liberty is taken: a fence may be indented by any amount, since fences in lists are.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.byte_gates import Flags, holding, matching

FENCE_GATE = "```|~~~"
"""What a text must contain to have a fence at all (RE2)."""

_FENCE = re.compile(r"^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})([^\n]*)$", re.MULTILINE)


def has_fence(texts: pa.StringArray) -> Flags:
    """Which texts may have a fence: they hold what one is made of. A null text has none."""
    return matching(texts, FENCE_GATE, holding(texts, b"`~"))


def without_code(texts: pa.StringArray) -> pa.StringArray:
    """The texts without their fenced blocks and the fence lines; null stays null."""
    gate = has_fence(texts)
    rows = np.flatnonzero(gate)
    if not len(rows):
        return texts
    prose = [_prose(texts[row].as_py()) for row in rows.tolist()]
    return pc.replace_with_mask(texts, pa.array(gate), pa.array(prose, pa.string()))


def _prose(text: str) -> str:
    kept, place = [], 0
    for block in code_blocks(text):
        opening = text.rfind("\n", 0, max(block.start - 1, 0)) + 1
        kept.append(text[place:opening])
        closing = text.find("\n", block.end) + 1 if block.closed else 0
        place = closing or len(text)
    return "".join([*kept, text[place:]])


class CodeBlock(NamedTuple):
    """A fenced block: the code points [start, end) between its fence lines, newlines included."""

    start: int
    end: int
    closed: bool


def code_blocks(text: str) -> Iterator[CodeBlock]:
    r"""The fenced blocks of a text, in order; one that is never closed reaches to the end.

    >>> text = "see\n```py\nx = 1\n```\n"
    >>> [text[block.start : block.end] for block in code_blocks(text)]
    ['x = 1\n']
    """
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif _closes(fence, opening):
            yield CodeBlock(min(opening.end() + 1, fence.start()), fence.start(), closed=True)
            opening = None
    if opening is not None:
        yield CodeBlock(min(opening.end() + 1, len(text)), len(text), closed=False)


def _closes(fence: re.Match[str], opening: re.Match[str]) -> bool:
    mark, wanted = fence[1], opening[1]
    return mark[0] == wanted[0] and len(mark) >= len(wanted) and not fence[2].strip()
