"""A pattern of the package `regex` made into one of RE2 that finds something wherever it does.

The result may find more: look-arounds and word boundaries are dropped, a back reference stands for
any text of its group, and the upper bound of a repetition is lifted.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from curate.pii.characters import IGNORECASE, character_class

ANYTHING: Final = "(?s:.)"
_BOUNDARIES: Final = frozenset("bBAZ")
_SHORTHANDS: Final = frozenset("dDwWsS")
_LITERAL_ESCAPES: Final = frozenset("tnrfv")
_LOOKS: Final = ("?=", "?!", "?<=", "?<!")
_FLAGS: Final = ("?i)", "?s)", "?m)", "?is)", "?im)")
_MOST_REPEATED: Final = 200
"""RE2 refuses more than 1000 repetitions, nested ones multiplied."""


class UnreadableError(ValueError):
    """A pattern uses something that has no counterpart here."""


@lru_cache(maxsize=512)
def widened(pattern: str, flags: int) -> str:
    """The pattern for RE2; `flags` are those that `regex` compiles it with.

    Raises `UnreadableError` where the pattern has an element that is not understood.

    >>> widened(r"a{2,3}(?!b)", 0)
    '(?:a){2,}'
    """
    # `regex` takes a flag that stands anywhere for the whole pattern.
    flags |= IGNORECASE if "(?i)" in pattern else 0
    return rewritten(pattern, lambda written: character_class(written, flags))


def rewritten(pattern: str, element: Callable[[str], str]) -> str:
    """The same, with what `element` makes of each single character, escape or set."""
    scanner = _Scanner(pattern, element)
    found = scanner.alternatives()
    if scanner.place != len(pattern):
        raise UnreadableError(f"unbalanced parenthesis in {pattern!r}")
    return found


class _Scanner:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, element: Callable[[str], str]) -> None:
        self.pattern, self.element, self.place = pattern, element, 0
        self.groups: list[str] = []

    def alternatives(self) -> str:
        """What stands up to the end, or the parenthesis that closes."""
        branches = [self._sequence()]
        while self._next() == "|":
            self.place += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    def _next(self, count: int = 1) -> str:
        return self.pattern[self.place : self.place + count]

    def _sequence(self) -> str:
        parts = []
        while self._next() not in ("", "|", ")"):
            atom = self._atom()
            quantifier = self._quantifier()
            if atom:
                parts.append(f"(?:{atom}){quantifier}" if quantifier else atom)
        return "".join(parts)

    def _atom(self) -> str:
        first = self._next()
        if first == "(":
            return self._group()
        if first == "[":
            return self._set()
        if first == "\\":
            return self._escape()
        self.place += 1
        if first in "^$":
            return ""
        if first in "*+?{":
            raise UnreadableError(f"nothing is repeated at {self.place} in {self.pattern!r}")
        return self.element(first)

    def _group(self) -> str:
        self.place += 1
        for flag in _FLAGS:
            if self._next(len(flag)) == flag:
                self.place += len(flag)
                return ""
        look = next((each for each in _LOOKS if self._next(len(each)) == each), None)
        captures = self._next() != "?"
        if look is not None:
            self.place += len(look)
        elif self._next(2) == "?:":
            self.place += 2
        elif not captures:
            raise UnreadableError(f"a group that is not understood: {self.pattern[self.place :]!r}")
        number = len(self.groups)
        if captures:
            self.groups.append(ANYTHING + "*")
        inner = self.alternatives()
        if self._next() != ")":
            raise UnreadableError(f"unbalanced parenthesis in {self.pattern!r}")
        self.place += 1
        if captures:
            self.groups[number] = f"(?:{inner})"
        return "" if look is not None else f"(?:{inner})"

    def _set(self) -> str:
        end = self.place + 1
        end += self.pattern[end : end + 1] == "^"
        end += self.pattern[end : end + 1] == "]"
        while (one := self.pattern[end : end + 1]) != "]":
            if one in ("", "["):
                raise UnreadableError(f"a set that is not understood in {self.pattern!r}")
            end += 2 if one == "\\" else 1
        written = self.pattern[self.place : end + 1]
        self.place = end + 1
        return self.element(written)

    def _escape(self) -> str:
        name = self._next(2)[1:]
        self.place += 2
        if name in _BOUNDARIES:
            return ""
        if name.isdigit() and name != "0" and not self._next().isdigit():
            return self.groups[int(name) - 1]
        if name in _SHORTHANDS or name in _LITERAL_ESCAPES or not name.isalnum():
            return self.element("\\" + name)
        raise UnreadableError(f"\\{name} is not understood, in {self.pattern!r}")

    def _quantifier(self) -> str:
        """How often, without an upper bound; lazy and possessive ones find a match as often."""
        if self._next() in ("?", "*", "+"):
            found = self._next()
            self.place += 1
        elif self._next() == "{":
            end = self.pattern.index("}", self.place)
            low, comma, high = self.pattern[self.place + 1 : end].partition(",")
            self.place = end + 1
            found = _repeated(int(low or 0), int(high or -1) if comma else int(low))
        else:
            return ""
        if self._next() in ("?", "+"):
            self.place += 1
        return found


def _repeated(low: int, high: int) -> str:
    if (low, high) == (0, 1):
        return "?"
    if low == high and low <= _MOST_REPEATED:
        return f"{{{low}}}"
    return "*" if low == 0 else "+" if low == 1 else f"{{{min(low, _MOST_REPEATED)},}}"


def either(*patterns: str) -> str:
    """A pattern that finds what any of some do."""
    return "|".join(f"(?:{each})" for each in patterns)
