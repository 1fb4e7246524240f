"""The tokens of texts for compiled functions: `tokens.parted` says the same in Python."""

from typing import Any, Final

from numba import njit

WORD: Final = 1
SPACE: Final = 2
MARK: Final = 4
HOLDS: Final = 8
"""Classes of code points: in words, white space, punctuation of ASCII, and what is held."""


@njit(nogil=True)
def tokens(points: Any, start: Any, end: Any, classes: Any, begins: Any, ends: Any) -> Any:
    """Write where the tokens of points [start, end) begin and end; return how many there are."""
    count = 0
    place = start
    while place < end:
        kind = classes[points[place]]
        if kind & SPACE:
            place += 1
            continue
        begins[count] = place
        place += 1
        if kind & WORD:
            while place < end and classes[points[place]] & WORD:
                place += 1
        ends[count] = place
        count += 1
    return count


@njit(nogil=True)
def is_mark(points: Any, begin: Any, end: Any, classes: Any) -> Any:
    """Whether a token is one sign of punctuation."""
    return end - begin == 1 and classes[points[begin]] & MARK != 0


@njit(nogil=True)
def is_held(points: Any, begin: Any, classes: Any) -> Any:
    """Whether a token stands for a stretch that must stay."""
    return classes[points[begin]] & HOLDS != 0
