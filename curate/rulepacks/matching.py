"""Which texts match patterns (RE2), all of a pack's in few passes."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]

MOST_TOGETHER: Final = 2_000
"""Characters of patterns that are looked for in one pass: RE2 leaves its quick way where they need
too many states."""

_ALONE: Final = re.compile(r"\\[AzQ]|\$")
"""What stands in patterns that are looked for alone. One that is bound to an end of the text is
quick, and would not be beside others; a quotation (`\\Q`) may go on to the end of its pattern."""


def matches_of(texts: pa.StringArray, patterns: Sequence[str]) -> list[Flags]:
    """Which texts each pattern matches.

    Few texts match any: one pass for several patterns, which takes no longer than one for a single
    pattern, says of most texts that none does.
    """
    several, together = _together(tuple(patterns))
    if not together:
        return [matches(texts, pattern) for pattern in patterns]
    rows = np.flatnonzero(matches(texts, together))
    few = texts.take(pa.array(rows))
    found = []
    for pattern in patterns:
        if pattern in several:
            flags = np.zeros(len(texts), np.bool_)
            flags[rows] = matches(few, pattern)
            found.append(flags)
        else:
            found.append(matches(texts, pattern))
    return found


@lru_cache(maxsize=32)
def _together(patterns: tuple[str, ...]) -> tuple[frozenset[str], str]:
    """The patterns that are looked for in one pass, and the pattern of them all; "" if none is."""
    several = frozenset(pattern for pattern in patterns if not _ALONE.search(pattern))
    together = "|".join(f"(?:{pattern})" for pattern in sorted(several))
    if len(several) < 2 or len(together) > MOST_TOGETHER:
        return frozenset(), ""
    try:
        pc.match_substring_regex(pa.array([""]), together)
    except pa.ArrowInvalid:  # such as two groups of one name
        return frozenset(), ""
    return several, together


def matches(texts: pa.StringArray, pattern: str) -> Flags:
    """Which texts a pattern (RE2) matches; a null text it does not."""
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.array(found.to_numpy(zero_copy_only=False), np.bool_)
