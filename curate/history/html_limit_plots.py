"""Plots of a limit as SVG: what passes and fails by value, and the share lost over the limit."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from curate.history.html_plots import LEFT, TOP, WIDTH, framed, x_of, y_of
from curate.history.html_text import escaped
from curate.history.limits import plain
from curate.history.tune_histogram import Histogram
from curate.history.whatif_curve import Point

Marks = Sequence[tuple[str, float]]
"""Limits that are drawn as lines: `now` and `best`."""

_NAMES: Final = {"now": "limit", "best": "advised"}
_CHARACTER: Final = 7
"""About the width of a character."""


def value_bars(found: Histogram, names: Sequence[str], limit: float, title: str) -> str:
    """The records of each bar, bars of one width; what fails stands below what passes."""
    top = max(bar.passing + bar.failing for bar in found.bars)
    number = len(found.bars)
    parts = []
    for at, (bar, name) in enumerate(zip(found.bars, names, strict=True)):
        x = x_of(at, 0, number)
        width = max(x_of(at + 1, 0, number) - x - 1, 0.5)
        said = escaped(f"{name}: {bar.passing:,} pass, {bar.failing:,} fail")
        base = 0.0
        inner = ""
        for style, records in (("ff", bar.failing), ("fp", bar.passing)):
            if records:
                y, foot = y_of((base + records) / top), y_of(base / top)
                inner += (
                    f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                    f'height="{max(foot - y, 0.7):.1f}"/>'
                )
                base += records
        parts.append(f"<g><title>{said}</title>{inner}</g>")
    if found.boundary is not None:
        place = sum(bar.low < found.boundary for bar in found.bars)
        parts.append(_line("now", x_of(place, 0, number), limit, left=False))
    ends = found.bars[0].low, found.bars[-1].high
    return framed("".join(parts), *ends, f"{top:,}", title)


def share_curve(
    points: Sequence[Point], told: Sequence[Point], came: int, marks: Marks, log: bool, title: str
) -> str:
    """The share of the records that would fail, over the limit; `log` for limits above 0.

    Those of the `told` points are dots that tell their figures where the pointer rests.
    """
    scale: Callable[[float], float] = math.log10 if log else float
    chosen, dots = ([one for one in each if not log or one.limit > 0] for each in (points, told))
    low, high = scale(chosen[0].limit), scale(chosen[-1].limit)
    line = " ".join(
        f"{x_of(scale(one.limit), low, high):.1f},{y_of(one.failing / came):.1f}" for one in chosen
    )
    parts = [f'<polyline class="sb" points="{line}"/>', *_circles(dots, came, scale, low, high)]
    drawn = [one for one in sorted(marks, key=lambda one: one[1]) if not log or one[1] > 0]
    for at, (style, limit) in enumerate(drawn):
        x = x_of(scale(limit), low, high)
        parts.append(_line(style, x, limit, left=at < len(drawn) - 1))
    return framed("".join(parts), chosen[0].limit, chosen[-1].limit, "100 %", title)


def _circles(
    points: Sequence[Point], came: int, scale: Callable[[float], float], low: float, high: float
) -> Iterator[str]:
    """A point for each limit that says its figures where the pointer rests."""
    for one in points:
        said = f"limit {plain(one.limit)}: {one.failing:,} fail, {100 * one.failing / came:.2f} %"
        yield (
            f'<circle class="fb" cx="{x_of(scale(one.limit), low, high):.1f}" '
            f'cy="{y_of(one.failing / came):.1f}" r="2.5"><title>{escaped(said)}</title></circle>'
        )


def _line(style: str, x: float, limit: float, left: bool) -> str:
    """A limit as a line with its name, on the wanted side of it where there is room."""
    words = f"{_NAMES[style]} {plain(limit)}"
    room = _CHARACTER * len(words)
    left = (left and x - room > LEFT) or x + room > WIDTH
    return (
        f'<line class="{style}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{y_of(0):.1f}"/>'
        f'<text class="mark" x="{x + (-4 if left else 4):.1f}" y="{TOP + 10}" '
        f'text-anchor="{"end" if left else "start"}">{words}</text>'
    )
