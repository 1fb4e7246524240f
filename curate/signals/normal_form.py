"""The forms in which texts are held equal: what of their writing does not count."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, Literal
from unicodedata import is_normalized

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.buffers import buffers, is_worth_it
from curate.scan.compiling import kernel

Form = Literal["nfkc", "case", "punctuation", "whitespace"]

USUAL: Final[tuple[Form, ...]] = ("case", "nfkc", "whitespace")

_SPACES = r"\t\n\v\f\r\x{1c}-\x{1f}\x{85}\x{1680}\x{2028}\x{2029}"
_UNEVEN = f"[{_SPACES}][ {_SPACES}]*| [ {_SPACES}]+"
"""Every run of white space that is not a single space."""

_PUNCTUATION = r"\p{P}+"

_COMPATIBLE = "".join(
    character
    for first, last in ((0x00, 0x2FF), (0x400, 0x482), (0x2010, 0x2027), (0x2030, 0x205E))
    for character in map(chr, range(first, last + 1))
    if is_normalized("NFKC", character)
)
"""Characters of which every text is in NFKC: none stands for others, or joins the one before it."""

_ROOM: Final = 8
"""Bytes behind the texts that compiled code may touch."""

_SIMPLE_UNTIL: Final = ord(max(_COMPATIBLE)) + 1

_NOT_COMPATIBLE = f"[^{re.escape(_COMPATIBLE)}]"


def normal_form(texts: pa.StringArray, forms: Sequence[Form] = USUAL) -> pa.StringArray:
    """Texts in which some of their writing makes no difference; null stays null.

    `nfkc`: compatibility forms are what they stand for (Unicode Annex 15); `case`: lower case;
    `punctuation`: characters of the category P are left out; `whitespace`: each run is one space,
    and none is at the ends.
    """
    if {*forms} == {*USUAL} and is_worth_it(texts):
        return _usual_form(texts)
    return _form(texts, forms)


def _usual_form(texts: pa.StringArray) -> pa.StringArray:
    """The same by compiled code, where characters are simple in that of `USUAL`; most are."""
    size, data, offsets = buffers(texts)
    out, ends = np.empty(size + _ROOM, np.uint8), np.zeros(len(texts) + 1, np.int32)
    left = np.empty(len(texts), np.bool_)
    kernel().evened(data, offsets, _lower(), out, ends[1:], left)
    made = pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(out))
    if texts.null_count:
        valid = texts.is_valid()
        made = pc.if_else(valid, made, pa.scalar(None, pa.string()))
        left &= valid.to_numpy(zero_copy_only=False)
    if not left.any():
        return made
    mask = pa.array(left)
    return pc.replace_with_mask(made, mask, _form(texts.filter(mask), USUAL))


def _form(texts: pa.StringArray, forms: Sequence[Form]) -> pa.StringArray:
    if {"nfkc", "case"} & {*forms}:
        texts = _changed(texts, pc.invert(pc.string_is_ascii(texts)), lambda t: _folded(t, forms))
    if "case" in forms:
        texts = pc.ascii_lower(texts)
    if "punctuation" in forms:
        texts = pc.replace_substring_regex(texts, _PUNCTUATION, "")
    if "whitespace" in forms:
        uneven = pc.match_substring_regex(texts, _UNEVEN)
        texts = _changed(texts, uneven, lambda t: pc.replace_substring_regex(t, _UNEVEN, " "))
        texts = pc.utf8_trim_whitespace(texts)
    return texts


@cache
def _lower() -> npt.NDArray[np.int32]:
    """The lower case of code points, or -1 where another form than case and bytes may change."""
    lower = np.full(_SIMPLE_UNTIL, -1, np.int32)
    simple = pa.array([each for each in _COMPATIBLE if not each.isspace()])
    for before, after in zip(simple.to_pylist(), pc.utf8_lower(simple).to_pylist(), strict=True):
        if len(before.encode()) == len(after.encode()) and (before == after or after < "\u0800"):
            lower[ord(before)] = ord(after)
    return lower


def _folded(texts: pa.StringArray, forms: Sequence[Form]) -> pa.StringArray:
    """What `nfkc` and `case` do, to texts outside of ASCII."""
    if "nfkc" in forms:
        maybe = pc.match_substring_regex(texts, _NOT_COMPATIBLE)
        texts = _changed(texts, maybe, lambda t: pc.utf8_normalize(t, "NFKC"))
    return pc.utf8_lower(texts) if "case" in forms else texts


def _changed(
    texts: pa.StringArray,
    which: pa.BooleanArray,
    change: Callable[[pa.StringArray], pa.StringArray],
) -> pa.StringArray:
    """Change some texts, which are far fewer than all."""
    mask = pc.fill_null(which, False)
    chosen = texts.filter(mask)
    return pc.replace_with_mask(texts, mask, change(chosen)) if len(chosen) else texts
