"""A pattern of RE2 that matches wherever `phonenumbers` may find a number.

`PhoneNumberMatcher` reads digits with punctuation between them and asks whether they are a valid
number, dialled from a region. They are if they begin with a plus sign, or with what is dialled
before a call abroad, and may then be of any country; or if they are a number of the region, or of
another with the same calling code, with that code before it, a national prefix, both or none.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from curate.pii.bare_numbers import bare_patterns
from curate.pii.characters import IGNORECASE, character_class
from curate.pii.numbering import Numbering, numbering, shortest_international
from curate.pii.widening import either, rewritten

_PLUS: Final = "[+\N{FULLWIDTH PLUS SIGN}]"
_BEGIN: Final = r"(?:\A|[^0-9]|[0-9]{6})"
"""What stands before the first digit of a number. A candidate can begin behind a digit where the
one before it had as many as it may have: an extension of nine, or a block of twenty."""
_GROUP_AT_END: Final = re.compile(r".*\((?!\?)[^()]+\)[)?]*")
_LABELS: Final = ("xt", "int", "anexo")
"""What those of extensions hold of which letters can be left over in a number: three letters make
it one in which they stand for digits."""


def phone_gate(regions: Sequence[str]) -> str:
    """The pattern for numbers dialled from some regions, by their two letters."""
    any_digit = _digit(r"\d")
    international = f"(?:{any_digit}){{{shortest_international()}}}"
    found = {f"{_PLUS}{_lead()}*{international}", *_lettered()}
    for region in regions:
        plan = numbering(region)
        found.add(f"{_BEGIN}{rewritten(plan.abroad, _digit)}{international}")
        found.update(_BEGIN + rewritten(each, _digit) for each in bare_patterns(plan.main))
        found.add(_with_prefix(plan))
    return either(*sorted(found))


def _with_prefix(plan: Numbering) -> str:
    """Numbers behind their calling code, a national prefix or both."""
    national = either(*(rewritten(each.pattern, _digit) for each in plan.types))
    prefix = either(*(rewritten(each, _digit) for each in (plan.prefix, plan.main_prefix)))
    code = rewritten(plan.code, _digit)
    if not plan.substitute:
        return f"{_BEGIN}(?:{code}(?:{prefix})*|(?:{prefix})+)(?:{national})"
    if re.fullmatch(r"\\\d", plan.substitute) and _GROUP_AT_END.fullmatch(plan.prefix):
        # The prefix ends in digits that are left, so that the number is what they all end in.
        return national
    return f"(?:{_digit(chr(92) + 'd')}){{{max(1, plan.shortest - plan.brought)}}}"


@cache
def _digit(written: str) -> str:
    """A digit in ASCII, with the punctuation behind it; others are looked for apart."""
    wanted = "".join(str(value) for value in range(10) if re.fullmatch(written, str(value)))
    return f"[{wanted}]{_class(_punctuation())}*"


def _lettered() -> Iterator[str]:
    """Numbers in which letters stand for digits: those of an extension, or an x for a digit."""
    x, between = _class("x"), _class(_punctuation() + r"0-9 \t\xa0,")
    label = either(*("".join(map(_class, each)) for each in _LABELS))
    yield f"[0-9]{between}*{_class('e')}?(?:{label})"
    yield f"[0-9]{between}*{x}{between}*{x}{between}*{x}"


def _class(characters: str) -> str:
    return character_class(f"[{characters}]", IGNORECASE)


@cache
def _punctuation() -> str:
    """What `phonenumbers` takes for punctuation within a number, for within a set."""
    from phonenumbers import phonenumberutil

    return str(phonenumberutil._VALID_PUNCTUATION)


def _lead() -> str:
    return _class(rf"{_punctuation()}(\[（［+＋")
