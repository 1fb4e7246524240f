"""Repairing the encoding, the invisible characters and the white space of texts."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import ClassVar, Final
from unicodedata import is_normalized, normalize

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ConfigDict, Field, field_validator

from curate.code_fences import code_blocks
from curate.operator import Edited, EditOperator
from curate.scan.buffers import is_worth_it
from curate.scan.marks import BLANK, PAIR, Table, has_marks, mark_table
from curate.setting_types import Names, check_fields

_BLANKS: Final = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BLANK_CHARACTERS: Final = " \t\u00a0\u1680\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_INDENTS: Final = "\t\u3000"
_LINE_ENDS: Final = "\r\v\f\u2028\u2029"
_LINE_END: Final = re.compile("\r\n|[\r\v\f\u2028\u2029]")
_MANY_BLANK_LINES: Final = re.compile("\n{4,}")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\u202d\u202e]+")
_ZERO_WIDTH_SPACE: Final = "\u200b"
# It is a word boundary in scripts that write no spaces: Thai, Lao, Myanmar, Khmer.
_NEEDLESS: Final = re.compile(
    "(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u200b])\u200b++"
    "|(?<!\u200b)\u200b++(?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])"
)
_MAYBE_MOJIBAKE: Final = re.compile("[\x80-\U0010ffff](?:[\x80-\U0010ffff]|(?<=[\x80-\x9fÂÃŒœ]))")
"""What a text must contain to look wrong to ftfy; ten times as quick as its own test."""
_INLINE_CODE: Final = re.compile(r"(`{1,2})(?!`)[^`\n]+\1(?!`)")

_WHITESPACE_GATE: Final = (
    f"[\r\v\f\u2028\u2029]|^[{_BLANKS}\n]|[{_BLANKS}\n]$|[{_BLANKS}]\n|\n\n\n\n"
)
_CONTROL_CHARACTERS: Final = "\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\ufeff\u202d\u202e"
_CONTROL_GATE: Final = r"[\x00-\x08\x0e-\x1f\x7f\x{80}-\x{9f}\x{200b}\x{feff}\x{202d}\x{202e}]"
_NORMAL: Final = "\x00-\u02ff\u0400-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
"""Characters of which every text is in NFC: none decomposes, or joins the one before it."""
_ENCODING_GATE: Final = (
    r"[^\x00-\x7f][^\x00-\x7f]|[\x{80}-\x{9f}\x{c2}\x{c3}\x{152}\x{153}]|" + f"[^{_NORMAL}]"
)
"""`_MAYBE_MOJIBAKE`, or what may not be in NFC."""
_LINE_END_MARK, _CONTROL_MARK, _ENCODING_MARK = 4, 8, 16
_MOST_PASSES: Final = 8


class Repair(EditOperator):
    """Repair mojibake, normalise to NFC, remove invisible control characters, tidy white space.

    Mojibake is repaired line by line with ftfy, outside of code (fenced, or between backticks).
    Nothing that a writer may have meant is touched: quotes, ligatures, full-width forms, HTML
    entities (in code and in examples they are the text). A repaired text is not changed again.
    """

    name: ClassVar[str] = "repair"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("ftfy",)
    scans: ClassVar[bool] = True

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    encoding: bool = True
    """Repair text that was decoded with the wrong encoding, and normalise to NFC."""
    control: bool = True
    """Remove control characters (but tab and line ends), byte order marks, zero-width spaces
    outside of scripts that need them, and bidirectional overrides; joiners and marks stay."""
    whitespace: bool = True
    """Write line ends as line feeds, trim lines and the text, leave at most two blank lines
    together; code blocks, and an indented first line, keep their white space."""
    edited: Names = Field(default=("all",), alias="fields")
    """The fields to repair."""

    @field_validator("edited")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        return names

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.edited

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the repaired texts."""
        mask = np.zeros(len(texts), np.bool_)
        repaired: list[str] = []
        for row in self._candidates(texts):
            before = texts[row].as_py()
            after = self._repaired(before)
            if after != before:
                mask[row] = True
                repaired.append(after)
        if not repaired:
            return Edited(texts)
        return Edited(pc.replace_with_mask(texts, pa.array(mask), pa.array(repaired, pa.string())))

    def _candidates(self, texts: pa.StringArray) -> list[int]:
        """The rows where there may be something to do."""
        if is_worth_it(texts):
            wanted = _CONTROL_MARK * self.control
            wanted |= (BLANK | _LINE_END_MARK) * self.whitespace
            wanted |= (PAIR | _ENCODING_MARK) * self.encoding
            return np.flatnonzero(has_marks(texts, _marks(), wanted)).tolist()
        gates = []
        if self.control:
            gates.append(_CONTROL_GATE)
        if self.whitespace:
            gates.append(_WHITESPACE_GATE)
        if self.encoding:
            gates.append(_ENCODING_GATE)
        if not gates:
            return []
        flags = pc.fill_null(pc.match_substring_regex(texts, "|".join(gates)), False)
        return np.flatnonzero(flags.to_numpy(zero_copy_only=False)).tolist()

    def _repaired(self, text: str) -> str:
        """Repeat the repair until nothing changes: one step may uncover work for another."""
        for _ in range(_MOST_PASSES):
            before = text
            if self.encoding and not text.isascii():
                text = "".join(_decoded(part, code) for part, code in _parts(text))
            if self.control:
                text = _CONTROLS.sub("", text)
                if _ZERO_WIDTH_SPACE in text:
                    text = _NEEDLESS.sub("", text)
            if self.whitespace:
                text = _trimmed(_with_line_feeds(text))
            if text == before:
                break
        return text


@cache
def _marks() -> Table:
    """What the gates look for, as marks of characters."""
    return mark_table(
        [
            (BLANK, _BLANKS),
            (_LINE_END_MARK, _LINE_ENDS),
            (_CONTROL_MARK, _CONTROL_CHARACTERS),
            (_ENCODING_MARK, "\x80-\x9f\xc2\xc3\u0152\u0153"),
            (_ENCODING_MARK, f"^{_NORMAL}"),
        ]
    )


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is the inside of a code block."""
    position = 0
    if "```" in text or "~~~" in text:
        for block in code_blocks(text):
            yield text[position : block.start], False
            yield text[block.start : block.end], True
            position = block.end
    yield text[position:], False


def _decoded(part: str, is_code: bool) -> str:
    """Repair each line that looks wrong; ftfy judges single lines better than whole texts."""
    if is_code or part.isascii():
        return part
    from ftfy.badness import is_bad

    if _MAYBE_MOJIBAKE.search(part) and is_bad(part):
        part = "\n".join(_decoded_line(line) for line in part.split("\n"))
    return part if is_normalized("NFC", part) else normalize("NFC", part)


def _decoded_line(line: str) -> str:
    if line.isascii():
        return line
    pieces = []
    position = 0
    for code in _INLINE_CODE.finditer(line):
        pieces += [_decoded_prose(line[position : code.start()]), code[0]]
        position = code.end()
    return "".join([*pieces, _decoded_prose(line[position:])])


def _decoded_prose(prose: str) -> str:
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.fixes import fix_c1_controls

    return str(fix_c1_controls(fix_encoding(prose, TextFixerConfig(normalization=None))))


def _trimmed(text: str) -> str:
    """Trim lines and the text, and squeeze blank lines, outside of code blocks."""
    tidy = "".join(part if is_code else _trimmed_lines(part) for part, is_code in _parts(text))
    body = tidy.rstrip(_BLANK_CHARACTERS + "\n").lstrip(_BLANK_CHARACTERS + "\n")
    if not body:
        return ""
    before = tidy[: tidy.index(body)].rpartition("\n")[2]
    indented = len(before) > 1 or before in _INDENTS
    return before + body if indented else body


def _trimmed_lines(part: str) -> str:
    lines = (line.rstrip(_BLANK_CHARACTERS) for line in part.split("\n"))
    return _squeezed("\n".join(lines))


def _squeezed(part: str) -> str:
    return _MANY_BLANK_LINES.sub("\n\n\n", part) if "\n\n\n\n" in part else part


def _with_line_feeds(text: str) -> str:
    return _LINE_END.sub("\n", text) if any(end in text for end in _LINE_ENDS) else text
