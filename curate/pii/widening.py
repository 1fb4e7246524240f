"""A pattern of the package `regex` made into one of RE2 that finds something wherever it does.

The result may find more: look-arounds and word boundaries are dropped, a back reference stands for
any text of its group, and the upper bound of a repetition is lifted.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from curate.pii.characters import IGNORECASE, character_class
from curate.pii.pattern_reader import Maker, read
from curate.pii.pattern_reader import UnreadableError as UnreadableError

ANYTHING: Final = "(?s:.)"
_MOST_REPEATED: Final = 200
"""RE2 refuses more than 1000 repetitions, nested ones multiplied."""


@lru_cache(maxsize=512)
def widened(pattern: str, flags: int) -> str:
    """The pattern for RE2; `flags` are those that `regex` compiles it with.

    Raises `UnreadableError` where the pattern has an element that is not understood.

    >>> widened(r"a{2,3}(?!b)", 0)
    '(?:a){2,}'
    """
    return rewritten(pattern, lambda written: character_class(written, _all(pattern, flags)))


@lru_cache(maxsize=512)
def alphabet(pattern: str, flags: int) -> str:
    r"""What matches each character that the pattern may match or look around for, by RE2.

    `flags` and errors as of `widened`.

    >>> alphabet(r"a{2,3}[bc](?!d)", 0)
    '[\\x{62}-\\x{63}]|a|d'
    """
    sets = {character_class(each, _all(pattern, flags)) for each in elements(pattern)}
    return "|".join(sorted(sets))


def elements(pattern: str) -> frozenset[str]:
    """All characters, escapes and sets of a pattern, as they are written."""
    found: set[str] = set()

    def seen(written: str) -> str:
        found.add(written)
        return ANYTHING

    rewritten(pattern, seen)
    return frozenset(found)


def _all(pattern: str, flags: int) -> int:
    # `regex` takes a flag that stands anywhere for the whole pattern.
    return flags | (IGNORECASE if "(?i)" in pattern else 0)


def rewritten(pattern: str, element: Callable[[str], str]) -> str:
    """The same, with what `element` makes of each single character, escape or set."""
    return read(pattern, _Widened(element))


class _Widened(Maker[str]):
    def __init__(self, element: Callable[[str], str]) -> None:
        self._element = element

    def element(self, written: str) -> str:
        return self._element(written)

    def sequence(self, parts: Sequence[str]) -> str:
        return "".join(parts)

    def either(self, branches: Sequence[str]) -> str:
        return f"(?:{'|'.join(branches)})"

    def repeated(self, part: str, low: int, high: int | None) -> str:
        if not part:
            return part
        if (low, high) == (0, 1):
            often = "?"
        elif low == high and low <= _MOST_REPEATED:
            often = f"{{{low}}}"
        else:
            often = "*" if low == 0 else "+" if low == 1 else f"{{{min(low, _MOST_REPEATED)},}}"
        return f"(?:{part}){often}"

    def group(self, number: int, inner: str) -> str:  # noqa: ARG002 - as its parent has it
        return f"(?:{inner})"

    def again(self, group: str | None) -> str:
        return ANYTHING + "*" if group is None else f"(?:{group})"


def either(*patterns: str) -> str:
    """A pattern that finds what any of some do."""
    return "|".join(f"(?:{each})" for each in patterns)
