"""Which numbers of a region are valid without a prefix, told by their first digits and length.

Most countries have their numbers written with a prefix, such as 0; `phonenumbers` takes one without
it for none, but for a few kinds. Which kind a number is of, and what format it is written in, its
first digits and its length tell. Here they are enumerated; where more digits than looked at would
tell, the number counts as valid.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import regex

from curate.pii.numbering import Numbering, needs_prefix, numbering

_LEAST, _MOST = 3, 6
"""First digits that are looked at."""
_ALL: Final = 5
"""Numbers of so many digits, or less, are looked at as a whole."""
_LONGEST: Final = 17
"""Digits; `phonenumbers` reads no longer national numbers."""
_SIMPLE_FORM: Final = re.compile(r"(?:\(?\\d(?:\{\d+(?:,\d+)?\})?\)?)+")
_NEVER: Final = "(?!)"
_DIGITS: Final = "0123456789"


@cache
def bare_patterns(region: str) -> list[str]:
    r"""Patterns that match all numbers that are valid from a region as they are, by their length.

    >>> bare_patterns("FR")
    []
    """
    plan = numbering(region)
    lengths = {length for kind in plan.types for length in kind.lengths if length > 0}
    if not all(kind.lengths for kind in plan.types):
        lengths = {*range(1, _LONGEST + 1)}
    found = ((length, [*_starts(_Bare(plan, length), length)]) for length in sorted(lengths))
    return [_pattern(starts, length) for length, starts in found if starts]


def _starts(bare: "_Bare", length: int) -> Iterator[str]:
    """How the numbers begin; whole numbers if they are short."""
    if length <= _ALL:
        whole = (f"{number:0{length}}" for number in range(10**length))
        yield from (each for each in whole if bare.is_one(each))
        return
    pending = [""]
    while pending:
        start = pending.pop()
        if not bare.may_begin(start) or (needs := bare.needs_prefix(start)):
            continue
        if len(start) == _MOST or (needs is False and len(start) >= _LEAST):
            yield start
        else:
            pending += [start + digit for digit in _DIGITS]


class _Form(NamedTuple):
    """A format that numbers of some length can have."""

    begins: "regex.Pattern[str]"
    is_plain: bool
    """Whether what begins so has it, whatever follows."""
    needs_prefix: bool


class _Bare:
    """Numbers of some length, dialled without a prefix."""

    def __init__(self, plan: Numbering, length: int) -> None:
        kinds = [each.pattern for each in plan.types if length in each.lengths or not each.lengths]
        self._types = [regex.compile(each) for each in kinds]
        self._any_type = re.compile("|".join(kinds) or _NEVER)
        self._prefix = regex.compile(numbering(plan.main).prefix)
        forms = (_form(each, length) for each in plan.formats)
        self._forms = [each for each in forms if each is not None]

    def is_one(self, number: str) -> bool:
        """Whether a number is valid without a prefix."""
        return self._any_type.fullmatch(number) is not None and not self.needs_prefix(number)

    def may_begin(self, start: str) -> bool:
        """Whether numbers of any type begin so."""
        return any(each.fullmatch(start, partial=True) for each in self._types)

    def needs_prefix(self, start: str) -> bool | None:
        """Whether all numbers that begin so need a prefix, or none does; None if that is open."""
        if self._prefix.match(start, partial=True):
            # They may have one.
            return None
        needs: set[bool] = set()
        for form in self._forms:
            if form.begins.match(start, partial=True):
                needs.add(form.needs_prefix)
                if form.is_plain and form.begins.match(start):
                    break
        else:
            needs.add(False)
        return needs.pop() if len(needs) == 1 else None


def _form(form: Any, length: int) -> _Form | None:
    """A format; None if no number of that length has it."""
    is_simple = _SIMPLE_FORM.fullmatch(form.pattern) is not None
    if is_simple and not re.fullmatch(form.pattern, "1" * length):
        return None
    begins = form.leading_digits_pattern[-1] if form.leading_digits_pattern else ""
    # What looks ahead depends on the digits that follow.
    looks_on = "(?" in begins.replace("(?:", "") or "$" in begins
    return _Form(regex.compile(begins), is_simple and not looks_on, needs_prefix(form))


def _pattern(starts: Sequence[str], length: int) -> str:
    """What matches the numbers of a length that begin in one of some ways."""
    if starts[0] == "":
        return rf"\d{{{length}}}" if length else ""
    following: dict[str, list[str]] = {}
    for start in sorted(starts):
        following.setdefault(start[0], []).append(start[1:])
    digits: dict[str, str] = {}
    for digit, rest in following.items():
        behind = _pattern(rest, length - 1)
        digits[behind] = digits.get(behind, "") + digit
    branches = [rf"[{either}]{behind}" for behind, either in digits.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
