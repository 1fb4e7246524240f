"""What tells where `phonenumbers` may find a number: an automaton of digits, and a pattern of RE2.

`PhoneNumberMatcher` reads digits with punctuation between them and asks whether they are a valid
number, dialled from a region. They are if they begin with a plus sign, or with what is dialled
before a call abroad, and may then be of any country; or if they are a number of the region, or of
another with the same calling code, with that code before it, a national prefix, both or none.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np

from curate.pii.bare_numbers import bare_patterns
from curate.pii.characters import IGNORECASE, character_class
from curate.pii.digit_automaton import ACCEPTS, Table, automaton, united
from curate.pii.kept import kept
from curate.pii.numbering import Numbering, numbering, shortest_international
from curate.pii.widening import either

_PLUS: Final = "[+\N{FULLWIDTH PLUS SIGN}]"
_GROUP_AT_END: Final = re.compile(r".*\((?!\?)[^()]+\)[)?]*")
_LABELS: Final = ("xt", "int", "anexo")
"""What those of extensions hold of which letters can be left over in a number: three letters make
it one in which they stand for digits."""


def phone_gate() -> str:
    """A pattern for numbers that more than digits tell: a plus sign, or letters."""
    any_digit = f"[0-9]{_class(punctuation())}*"
    international = f"(?:{any_digit}){{{shortest_international()}}}"
    return either(f"{_PLUS}{_lead()}*{international}", *_lettered())


@cache
def phone_digits(regions: tuple[str, ...]) -> Table:
    """The automaton for the digits of all others dialled from some regions, by their two letters.

    A number is all digits of what is written, or ends before other digits that punctuation parts.
    """
    written = kept(f"digits-{'-'.join(regions)}", lambda: _written(_united(regions)))
    return np.array(written.split(), np.int32).reshape(-1, ACCEPTS + 1)


def _written(table: Table) -> str:
    return " ".join(map(str, table.ravel().tolist()))


def _united(regions: Sequence[str]) -> Table:
    return united([automaton(*each) for region in regions for each in _dialled(numbering(region))])


def _dialled(plan: Numbering) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Patterns of the digits dialled from a region, each with the groups of it that are dropped."""
    # No calling code begins with 0.
    yield rf"(?:{plan.abroad})[1-9]\d{{{shortest_international() - 1},}}", ()
    if bare := bare_patterns(plan.main):
        yield either(*bare), ()
    national = either(*(each.pattern for each in plan.types))
    prefixes = sorted({plan.prefix, plan.main_prefix})
    prefix = either(*prefixes)
    prefixed = f"(?:{plan.code}(?:{prefix})*|(?:{prefix})+)(?:{national})"
    if not plan.substitute:
        yield prefixed, ()
    elif len(prefixes) == 1 and (last := _left_group(plan)):
        # The prefix ends in digits that are left, which are the number or its beginning.
        yield prefixed, (last, 2 * last)
    else:
        yield rf"\d{{{max(1, plan.shortest - plan.brought)},}}", ()


def _left_group(plan: Numbering) -> int:
    """The last group of the prefix, if what it matches at the end is all that is left; or 0."""
    count = re.compile(plan.prefix).groups
    is_last = plan.substitute == f"\\{count}" and _GROUP_AT_END.fullmatch(plan.prefix)
    return count if is_last else 0


@cache
def punctuation() -> str:
    """What `phonenumbers` takes for punctuation within a number, for within a set."""
    from phonenumbers import phonenumberutil

    return str(phonenumberutil._VALID_PUNCTUATION)


def _lettered() -> Iterator[str]:
    """Numbers in which letters stand for digits: those of an extension, or an x for a digit."""
    x, between = _class("x"), _class(punctuation() + r"0-9 \t\xa0,")
    label = either(*("".join(map(_class, each)) for each in _LABELS))
    yield f"[0-9]{between}*{_class('e')}?(?:{label})"
    yield f"[0-9]{between}*{x}{between}*{x}{between}*{x}"


def _class(characters: str) -> str:
    return character_class(f"[{characters}]", IGNORECASE)


def _lead() -> str:
    return _class(rf"{punctuation()}(\[（［+＋")
