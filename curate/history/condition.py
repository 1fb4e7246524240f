"""Conditions of `--fail-on`, such as `removed > 5%`: their grammar, and whether they hold."""

import math
import re
from collections.abc import Iterable
from difflib import get_close_matches
from operator import ge, gt, le, lt
from typing import Final, Literal, NamedTuple, cast, get_args

from curate.errors import RefusedError, UsageError
from curate.history.causes import CHANGES
from curate.history.difference import Difference
from curate.history.slices import BY_COLUMN, Size, Slice

Operator = Literal[">", ">=", "<", "<="]
_COMPARE: Final = {">": gt, ">=": ge, "<": lt, "<=": le}

_FORM: Final = re.compile(
    r"\s*(?P<quantity>.*?)\s*(?P<operator>>=|<=|>|<)\s*"
    r"(?P<number>[+-]?\d+(_\d{3})*(\.\d+)?)\s*(?P<percent>%?)\s*",
    re.DOTALL,
)
_SHIFT: Final = re.compile(r"shift\((?P<name>.*)\)", re.DOTALL)

QUANTITIES: Final = (*CHANGES, *Size._fields)
ALLOWED: Final = (
    f"A condition is QUANTITY > NUMBER, with {', '.join(get_args(Operator))} and a number or a "
    f"percentage of A; quantities are {', '.join(QUANTITIES)}, a slice such as "
    "labels.topic=billing, and shift(NAME)."
)
LISTED: Final = 12
"""How many names a message lists."""


class Condition(NamedTuple):
    """A quantity of a difference, and what it must not be."""

    text: str
    quantity: str
    """One of `QUANTITIES`, or a way of slicing, or the name of a shift."""
    value: str | None
    """The value of a slice; None where it is none."""
    is_shift: bool
    operator: Operator
    limit: float
    percent: bool


class Verdict(NamedTuple):
    """Whether a condition holds."""

    condition: str
    holds: bool
    figure: float
    """What the quantity is, in percent of A where the condition says so."""
    words: str
    """The figure with what it is made of, such as "8 of 254, 3.1 %"."""


def parse_condition(text: str) -> Condition:
    """Read a condition; raises UsageError that says what is allowed.

    >>> parse_condition("labels.topic=billing < -10%")[1:]
    ('labels.topic', 'billing', False, '<', -10.0, True)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"--fail-on {text!r}", "cannot be understood", ALLOWED)
    quantity = found["quantity"]
    operator = cast("Operator", found["operator"])
    limit, percent = float(found["number"]), bool(found["percent"])
    shift = _SHIFT.fullmatch(quantity)
    if shift is not None:
        if percent:
            right = "A shift is a distance from 0 to 1: write 0.1 for 10 %."
            raise UsageError(f"--fail-on {text!r}", "a shift has no percentage", right)
        return Condition(text, shift["name"].strip(), None, True, operator, limit, False)
    by, equals, value = (part.strip() for part in quantity.partition("="))
    if not equals and quantity in QUANTITIES:
        return Condition(text, quantity, None, False, operator, limit, percent)
    if not equals or not (by in BY_COLUMN or "." in by):
        raise UsageError(f"--fail-on {text!r}", f"no quantity {quantity!r}", _guess(by))
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return Condition(text, by, value, False, operator, limit, percent)


def _guess(name: str) -> str:
    near = get_close_matches(name, [*QUANTITIES, *BY_COLUMN], n=1)
    return (f"Did you mean {near[0]!r}? " if near else "") + ALLOWED


def judge(condition: Condition, found: Difference) -> Verdict:
    """Say whether a condition holds of a difference.

    Of additions, removals, edits and moves the number counts; of records, characters, tokens and
    slices, B less A; of a shift, its distance. Raises UsageError for what neither side has, and
    RefusedError for tokens that are not counted.
    """
    if condition.is_shift:
        figure, words = _shift(condition, found)
    elif condition.quantity in CHANGES:
        number = sum(one.number for one in found.causes if one.change == condition.quantity)
        total = found.counts[0].before
        figure = _share(number, total) if condition.percent else float(number)
        words = f"{number:,} of {total:,}, {_share(number, total):.3g} %"
    else:
        before, after = _sides(condition, found)
        figure = _share(after - before, before) if condition.percent else float(after - before)
        words = (
            f"{before:,} -> {after:,}, {after - before:+,}, {_share(after - before, before):+.3g} %"
        )
    holds = _COMPARE[condition.operator](figure, condition.limit)
    return Verdict(condition.text, bool(holds), figure, words)


def _share(number: int, total: int) -> float:
    """In percent; all is infinitely more than nothing."""
    if total:
        return 100 * number / total
    return math.copysign(math.inf, number) if number else 0.0


def _shift(condition: Condition, found: Difference) -> tuple[float, str]:
    shifts = {one.name: one for one in found.shifts()}
    one = shifts.get(condition.quantity)
    if one is None:
        where = f"--fail-on {condition.text!r}"
        right = _listed(condition.quantity, shifts, "what is measured of both versions")
        raise UsageError(where, f"no shift of {condition.quantity!r}", right)
    return one.distance, f"distance {one.distance:.3g}, p {one.p:.2g}"


def _sides(condition: Condition, found: Difference) -> tuple[int, int]:
    if condition.value is not None:
        one = _slice(condition, condition.value, found)
        return one.before.records, one.after.records
    if condition.quantity == "records":
        return found.counts[0].before, found.counts[0].after
    slices = found.slices()
    if condition.quantity == "tokens" and slices.tokens is None:
        raise RefusedError(
            f"--fail-on {condition.text!r}",
            "the tokens of these versions are not counted",
            "Build B with the step `tokens` in its recipe; `curate operators tokens` tells how.",
        )
    place = Size._fields.index(condition.quantity)
    return slices.whole.before[place], slices.whole.after[place]


def _slice(condition: Condition, value: str, found: Difference) -> Slice:
    slices = found.slices()
    one = slices.find(condition.quantity, value)
    if one is not None:
        return one
    where = f"--fail-on {condition.text!r}"
    many = {each.by: each.values for each in slices.unlisted}
    if condition.quantity in many:
        number = f"{condition.quantity} has {many[condition.quantity]:,} values"
        raise UsageError(where, number, "It tells records apart and is no way of slicing.")
    values = [each.name for each in slices.slices if each.by == condition.quantity]
    if not values:
        ways = list(dict.fromkeys(each.by for each in slices.slices))
        right = _listed(condition.quantity, ways, "slices are by")
        raise UsageError(where, f"nothing is called {condition.quantity!r}", right)
    right = _listed(value, values, "its values are")
    raise UsageError(where, f"no member has {condition.quantity} {value!r}", right)


def _listed(name: str, known: Iterable[str], what: str) -> str:
    known = list(known)
    near = get_close_matches(name, known, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    more = " ..." if len(known) > LISTED else ""
    return f"{guess}{what[0].upper()}{what[1:]}: {', '.join(known[:LISTED])}{more}."
