"""The form in which texts are held equal: compatibility, case and white space do not count."""

import pyarrow as pa
import pyarrow.compute as pc

_SPACES = r"\t\n\v\f\r\x{1c}-\x{1f}\x{85}\x{1680}\x{2028}\x{2029}"
_UNEVEN = f"[{_SPACES}][ {_SPACES}]*| [ {_SPACES}]+"
"""Every run of white space that is not a single space."""


def normal_form(texts: pa.StringArray) -> pa.StringArray:
    """NFKC, lower case, runs of white space as one space, trimmed; null stays null."""
    lowered = pc.utf8_lower(pc.utf8_normalize(texts, "NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(lowered, _UNEVEN, " "))
