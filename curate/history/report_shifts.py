"""Shifts as lines for a terminal. Nothing here prints."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from curate.history.causes import SIGNS, STYLES
from curate.history.difference import Difference
from curate.history.shift import Shift
from curate.output import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

SHIFTS_SHOWN: Final = 10
"""Shifts that a page shows: those with the largest distance."""
CAUSES_SHOWN: Final = 3
"""Causes, examples and labels that stand with a shift."""


def shifts(found: Difference) -> Iterator["RenderableType"]:
    """The distributions that shifted, with the causes of the records that drive it."""
    from rich.text import Text

    compared = told_once(found.shifts())
    shifted = [one for one in compared if one.is_one]
    if not compared or not found.causes:
        return
    words = f"  {len(shifted)} of {len(compared)} distributions" if shifted else "  none"
    yield Text("shifts", "bold").append(words, "not bold dim")
    for one in shifted[:SHIFTS_SHOWN]:
        yield _shift_line(one)
        yield from _drivers(one, found)
    if len(shifted) > SHIFTS_SHOWN:
        yield Text(f"  {len(shifted) - SHIFTS_SHOWN} more; --html and --json have all", "dim")


def told_once(found: Sequence[Shift]) -> list[Shift]:
    """The shifts without the sizes that a stored signal tells as well."""
    names = {one.name for one in found}
    return [one for one in found if one.name.replace("_", ".", 1) not in names - {one.name}]


def _shift_line(one: Shift) -> "Text":
    from rich.text import Text

    line = Text("  ").append(visible(f"{one.name:<24}"), "bold")
    measure = "D" if one.test == "kolmogorov-smirnov" else "distance"
    line.append(f"  {measure} {one.distance:.3f}", "yellow").append(f"  p {probability(one.p)}")
    if one.before is not None and one.after is not None:
        line.append(
            f"  PSI {one.psi:.3f}  median {one.before.median:.4g} -> {one.after.median:.4g}"
        )
        line.append(f"  mean {one.before.mean:.4g} -> {one.after.mean:.4g}")
    for share in one.shares[:CAUSES_SHOWN]:
        line.append(visible(f"  {share.label} {share.before:,} -> {share.after:,}"))
    if any(one.lacking):
        line.append(f"  not measured of {one.lacking[0]:,} -> {one.lacking[1]:,}", "dim")
    return line


def probability(p: float) -> str:
    """A probability, of which only the order of magnitude matters.

    >>> probability(0.0312), probability(1e-20)
    ('0.031', '< 1e-12')
    """
    return "< 1e-12" if p < 1e-12 else f"{p:.2g}"


def _drivers(one: Shift, found: Difference) -> Iterator["RenderableType"]:
    from rich.text import Text

    drivers = one.drivers
    if drivers is None or one.at is None:
        return
    what = {cause.key: cause.what for cause in found.causes}
    words = [f"{number:,} {what[key]}" for key, number in drivers.causes]
    listed = "; ".join(words[:CAUSES_SHOWN])
    more = "; ..." if len(words) > CAUSES_SHOWN else ""
    against = f", {drivers.against:,} the other way" if drivers.against else ""
    yield Text(
        visible(
            f"    {drivers.number:,} records {one.moved} past {one.at:.4g}{against}: {listed}{more}"
        ),
        "dim",
    )
    for each in drivers.examples[:CAUSES_SHOWN]:
        values = " -> ".join(
            "none" if side is None else f"{side:.4g}" for side in (each.before, each.after)
        )
        place = f"{each.source}/{each.file}:{each.line}"
        sign = Text(f"    {SIGNS[each.change]} {each.id.hex()[:12]}", STYLES[each.change])
        yield sign.append(visible(f"  {values}")).append(visible(f"  {place}"), "dim")
