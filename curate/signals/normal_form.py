"""The forms in which texts are held equal: what of their writing does not count."""

from collections.abc import Sequence
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

Form = Literal["nfkc", "case", "punctuation", "whitespace"]

USUAL: Final[tuple[Form, ...]] = ("case", "nfkc", "whitespace")

_SPACES = r"\t\n\v\f\r\x{1c}-\x{1f}\x{85}\x{1680}\x{2028}\x{2029}"
_UNEVEN = f"[{_SPACES}][ {_SPACES}]*| [ {_SPACES}]+"
"""Every run of white space that is not a single space."""


_PUNCTUATION = r"\p{P}+"


def normal_form(texts: pa.StringArray, forms: Sequence[Form] = USUAL) -> pa.StringArray:
    """Texts in which some of their writing makes no difference; null stays null.

    `nfkc`: compatibility forms are what they stand for (Unicode Annex 15); `case`: lower case;
    `punctuation`: characters of the category P are left out; `whitespace`: each run is one space,
    and none is at the ends.
    """
    if "nfkc" in forms:
        texts = pc.utf8_normalize(texts, "NFKC")
    if "case" in forms:
        texts = pc.utf8_lower(texts)
    if "punctuation" in forms:
        texts = pc.replace_substring_regex(texts, _PUNCTUATION, "")
    if "whitespace" in forms:
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _UNEVEN, " "))
    return texts
