"""Reading a pattern of the package `regex` from left to right, and making something else of it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

_BOUNDARIES: Final = frozenset("bBAZ")
_SHORTHANDS: Final = frozenset("dDwWsS")
_LITERAL_ESCAPES: Final = frozenset("tnrfv")
_LOOKS: Final = ("?=", "?!", "?<=", "?<!")
_FLAGS: Final = ("?i)", "?s)", "?m)", "?is)", "?im)")

T = TypeVar("T")


class UnreadableError(ValueError):
    """A pattern uses something that has no counterpart here."""


class Maker(ABC, Generic[T]):
    """What is made of the parts of a pattern.

    Look-arounds, anchors and word boundaries are left out.
    """

    @abstractmethod
    def element(self, written: str) -> T:
        """A single character, an escape or a set, as it is written."""

    @abstractmethod
    def sequence(self, parts: Sequence[T]) -> T:
        """Some parts, one behind the other; perhaps none."""

    @abstractmethod
    def either(self, branches: Sequence[T]) -> T:
        """One of two or more."""

    @abstractmethod
    def repeated(self, part: T, low: int, high: int | None) -> T:
        """A part as often as between two numbers; None for any number."""

    @abstractmethod
    def group(self, number: int, inner: T) -> T:
        """A group that captures, by its number from 1 on."""

    @abstractmethod
    def again(self, group: T | None) -> T:
        """What such a group has captured; None for one that is not closed yet."""


def read(pattern: str, maker: Maker[T]) -> T:
    """What a maker makes of a pattern.

    Raises `UnreadableError` where the pattern has an element that is not understood.
    """
    reader = _Reader(pattern, maker)
    found = reader.alternatives()
    if reader.place != len(pattern):
        raise UnreadableError(f"unbalanced parenthesis in {pattern!r}")
    return found


class _Reader(Generic[T]):
    def __init__(self, pattern: str, maker: Maker[T]) -> None:
        self.pattern, self.maker, self.place = pattern, maker, 0
        self.groups: list[T | None] = []

    def alternatives(self) -> T:
        """What stands up to the end, or the parenthesis that closes."""
        branches = [self._sequence()]
        while self._next() == "|":
            self.place += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else self.maker.either(branches)

    def _next(self, count: int = 1) -> str:
        return self.pattern[self.place : self.place + count]

    def _sequence(self) -> T:
        parts = []
        while self._next() not in ("", "|", ")"):
            atom = self._atom()
            often = self._quantifier()
            if atom is not None:
                parts.append(self.maker.repeated(atom, *often) if often else atom)
        return parts[0] if len(parts) == 1 else self.maker.sequence(parts)

    def _atom(self) -> T | None:
        first = self._next()
        if first == "(":
            return self._group()
        if first == "[":
            return self._set()
        if first == "\\":
            return self._escape()
        self.place += 1
        if first in "^$":
            return None
        if first in "*+?{":
            raise UnreadableError(f"nothing is repeated at {self.place} in {self.pattern!r}")
        return self.maker.element(first)

    def _group(self) -> T | None:
        self.place += 1
        for flag in _FLAGS:
            if self._next(len(flag)) == flag:
                self.place += len(flag)
                return None
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
            self.groups.append(None)
        inner = self.alternatives()
        if self._next() != ")":
            raise UnreadableError(f"unbalanced parenthesis in {self.pattern!r}")
        self.place += 1
        if captures:
            self.groups[number] = inner
            inner = self.maker.group(number + 1, inner)
        return None if look is not None else inner

    def _set(self) -> T:
        end = self.place + 1
        end += self.pattern[end : end + 1] == "^"
        end += self.pattern[end : end + 1] == "]"
        while (one := self.pattern[end : end + 1]) != "]":
            if one in ("", "["):
                raise UnreadableError(f"a set that is not understood in {self.pattern!r}")
            end += 2 if one == "\\" else 1
        written = self.pattern[self.place : end + 1]
        self.place = end + 1
        return self.maker.element(written)

    def _escape(self) -> T | None:
        name = self._next(2)[1:]
        self.place += 2
        if name in _BOUNDARIES:
            return None
        if name.isdigit() and name != "0" and not self._next().isdigit():
            return self.maker.again(self.groups[int(name) - 1])
        if name in _SHORTHANDS or name in _LITERAL_ESCAPES or not name.isalnum():
            return self.maker.element("\\" + name)
        raise UnreadableError(f"\\{name} is not understood, in {self.pattern!r}")

    def _quantifier(self) -> tuple[int, int | None] | None:
        """How often; lazy and possessive ones find a match as often."""
        signs: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        found = signs.get(self._next())
        if found is not None:
            self.place += 1
        elif self._next() == "{":
            end = self.pattern.index("}", self.place)
            low, comma, high = self.pattern[self.place + 1 : end].partition(",")
            self.place = end + 1
            found = int(low or 0), (int(high) if high else None) if comma else int(low)
        else:
            return None
        if self._next() in ("?", "+"):
            self.place += 1
        return found
