"""Plots of a page, as SVG made here: two histograms, two distribution functions, bars of shares."""

from collections.abc import Iterator, Sequence
from typing import Final

from curate.history.html_text import escaped
from curate.history.plots import Plot

WIDTH: Final = 460
HEIGHT: Final = 170
LEFT: Final = 46
BOTTOM: Final = 20
TOP: Final = 8
BAR: Final = 150
"""Width of the bars of a table."""
KEY: Final = '<p><span class="key ka">A</span><span class="key kb">B</span></p>'
"""What the colours mean."""


def histogram(plot: Plot, title: str) -> str:
    """The shares of both versions in each bar, one over the other."""
    top = max((*plot.before, *plot.after, 1e-9))
    low, high = plot.edges[0], plot.edges[-1]
    bars = []
    for side, shares in (("fa", plot.before), ("fb", plot.after)):
        for at, share in enumerate(shares):
            if share > 0:
                x = x_of(plot.edges[at], low, high)
                width = max(x_of(plot.edges[at + 1], low, high) - x - 0.5, 0.5)
                y = y_of(share / top)
                bars.append(
                    f'<rect class="{side}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                    f'height="{y_of(0) - y:.1f}"/>'
                )
    return framed("".join(bars), low, high, f"{100 * top:.3g} %", title)


def functions(plot: Plot, at: float, title: str) -> str:
    """The share of the members up to each value, of both versions, and where they part most."""
    low, high = plot.points[0], plot.points[-1]
    lines = []
    for side, shares in (("sa", plot.below_before), ("sb", plot.below_after)):
        steps = _steps(plot.points, shares, low, high)
        lines.append(f'<polyline class="{side}" points="{" ".join(steps)}"/>')
    x = x_of(min(max(at, low), high), low, high)
    lines.append(f'<line class="gap" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{y_of(0):.1f}"/>')
    return framed("".join(lines), low, high, "100 %", title)


def _steps(
    points: Sequence[float], shares: Sequence[float], low: float, high: float
) -> Iterator[str]:
    last = 0.0
    for point, share in zip(points, shares, strict=True):
        x = x_of(point, low, high)
        yield f"{x:.1f},{y_of(last):.1f} {x:.1f},{y_of(share):.1f}"
        last = share


def x_of(value: float, low: float, high: float) -> float:
    """Where a value between two ends stands."""
    place = (value - low) / (high - low) if high > low else 0.5
    return LEFT + place * (WIDTH - LEFT - 6)


def y_of(share: float) -> float:
    """Where a share of the plot's height ends."""
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def framed(inner: str, low: float, high: float, top: str, title: str) -> str:
    """A plot with its axis, the ends of its values and of its heights."""
    base = y_of(0)
    texts = (
        f'<text x="{LEFT}" y="{HEIGHT - 5}">{low:.4g}</text>'
        f'<text x="{WIDTH - 6}" y="{HEIGHT - 5}" text-anchor="end">{high:.4g}</text>'
        f'<text x="{LEFT - 4}" y="{TOP + 9}" text-anchor="end">{escaped(top)}</text>'
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
        f"<title>{escaped(title)}</title>"
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - 6}" y1="{base:.1f}" y2="{base:.1f}"/>'
        f"{inner}{texts}</svg>"
    )


def share_bars(before: float, after: float, title: str) -> str:
    """Two bars, of a share in either version (0 to 1)."""
    bars = "".join(
        f'<rect class="{side}" x="0" y="{y}" width="{max(share * BAR, 0.5):.1f}" height="7"/>'
        for side, y, share in (("fa", 2, before), ("fb", 10, after))
        if share > 0
    )
    return (
        f'<svg viewBox="0 0 {BAR} 19" width="{BAR}" height="19" role="img">'
        f"<title>{escaped(title)}</title>{bars}</svg>"
    )
