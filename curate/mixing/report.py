"""What a mix asked for and what it reached."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from curate.mixing.choosing import Slice

TOLERANCE: Final = 0.005
"""How far a share may be from what was asked for before a build says so: half a percent."""


LISTED: Final = 20
"""So many slices are told one by one, the largest; the others are summed up."""

PRIVATE: Final = "meta."
"""Slices by what begins so may be names of people: they are numbered, since reports stay when a
record is erased."""


def told_slices(slices: Sequence[Slice], by: str) -> list[Slice]:
    """Slices as reports name them, the largest first."""
    ordered = sorted(slices, key=lambda each: (-each.got, each.name))
    if not by.startswith(PRIVATE):
        return ordered
    return [one._replace(name=f"{by} {place}") for place, one in enumerate(ordered, 1)]


def lines(slices: Sequence[Slice], unit: str) -> Iterator[str]:
    """A line for each slice, the largest first, and one for what is far from its target."""
    whole = sum(one.got for one in slices)
    for one in slices[:LISTED]:
        yield f"{one.name}: {_share(one, slices, whole)}{_amount(one, unit)}"
    if len(slices) > LISTED:
        rest = slices[LISTED:]
        kept, came = sum(one.kept for one in rest), sum(one.records for one in rest)
        yield f"{len(rest):,} smaller slices: {kept:,} of {came:,} records"
    far = [one.name for one in slices if _is_far(one)]
    if len(far) > LISTED:
        far = [*far[:LISTED], f"{len(far) - LISTED:,} more"]
    if far:
        yield (
            f"more than {100 * TOLERANCE:.1f} % of what was asked for is missing or too much in "
            f"{', '.join(far)}: single records are larger than that"
        )


def document(slices: Sequence[Slice], unit: str) -> dict[str, Any]:
    """The same as JSON; `holds` says whether every slice is as near as `TOLERANCE`."""
    return {
        "kind": "mix",
        "holds": not any(map(_is_far, slices)) and any(one.got for one in slices),
        "unit": unit,
        "tolerance": TOLERANCE,
        "slices": [one._asdict() for one in slices[:LISTED]],
        "unlisted": max(0, len(slices) - LISTED),
    }


def _is_far(one: Slice) -> bool:
    return one.target is not None and abs(one.got - one.target) > TOLERANCE * one.target


def _share(one: Slice, slices: Sequence[Slice], whole: float) -> str:
    got = one.got / whole if whole else 0.0
    if one.target is None:
        return _percent(got)
    asked = sum(each.got if each.target is None else each.target for each in slices)
    share = one.target / asked if asked else 0.0
    return f"{_percent(share)} asked, {_percent(got)} reached"


def _amount(one: Slice, unit: str) -> str:
    gone = one.records - one.kept
    parts = [f"{one.kept:,} of {one.records:,} records"]
    parts += [f"{gone:,} dropped"] * bool(gone)
    parts += [f"up to {one.repeats} times each"] * (one.repeats > 1)
    if unit != "records":
        parts.insert(0, f"{one.got:,.0f} {unit}")
    return f" ({', '.join(parts)})"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
