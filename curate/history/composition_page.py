"""What versions are made of as one HTML file that needs nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from curate.history.composition import Composition, Part, Size, Sliced
from curate.history.html_frame import end, head, tile, write_whole
from curate.history.html_text import escaped

LISTED: Final = 100
"""Slices of one way that the page has; what is left is summed up."""

LETTERS: Final = "ABCDEF"

BAR: Final = 150
"""Width of the longest bar of a table."""

_HEIGHT: Final = 10


def write_page(found: Composition, out: Path) -> None:
    """Write the page, whole or not at all. Raises as `html_frame.write_whole`."""
    write_whole(pieces(found), out)


def pieces(found: Composition) -> Iterator[str]:
    """The page, piece by piece."""
    yield head("composition", f"Composition of {', '.join(found.refs)}")
    yield from _wholes(found)
    if len(found.ways) > 1:
        links = (f'<a href="#way-{at}">{escaped(one.by)}</a>' for at, one in enumerate(found.ways))
        yield f"<nav>{''.join(links)}</nav>\n"
    for at, one in enumerate(found.ways):
        yield f'<h2 id="way-{at}">By {escaped(one.by)}</h2>\n'
        yield from _way(one, found)
    if not found.ways:
        yield "<p>Nothing parts the records into slices.</p>"
    yield end()


def _wholes(found: Composition) -> Iterator[str]:
    yield '<div class="tiles">'
    wholes = zip(found.refs, found.whole, found.token_records, strict=True)
    for at, (ref, size, known) in enumerate(wholes):
        below = f"{size.characters:,} characters"
        if size.tokens is not None:
            below += f", {size.tokens:,} tokens trained"
        if size.synthetic:
            below += f", {size.synthetic:,} synthetic ({size.synthetic / size.records:.1%})"
        if 0 < known < size.records:
            below += f" (known of {known:,} records)"
        name = f"{LETTERS[at]}  {ref}" if len(found.refs) > 1 else ref
        yield tile(name, f"{size.records:,} records", below, f"v{LETTERS[at].lower()}")
    yield "</div>\n"


def _way(one: Sliced, found: Composition) -> Iterator[str]:
    parts = one.parts[:LISTED]
    if len(one.parts) > LISTED:
        parts = (*parts, _rest(one.parts[LISTED:]))
    amounts = ["records", "characters"]
    amounts += ["tokens"] * any(size.tokens is not None for size in found.whole)
    several = len(found.refs) > 1
    titles = "".join(
        f'<th class="n">{name}</th><th class="n">share</th><th></th>' for name in amounts
    )
    if _has_made(found):
        titles += '<th class="n">synthetic</th><th class="n">of these</th>'
    yield '<div class="wide"><table class="share">'
    yield f"<tr><th>{escaped(one.by)}</th>{'<th></th>' * several}{titles}</tr>\n"
    shares = [part.shares(found.whole, each) for part in parts for each in amounts]
    longest = max(map(max, shares), default=0.0)
    for part in parts:
        yield from _rows(part, found, amounts, longest or 1.0)
    yield "</table></div>\n"


def _has_made(found: Composition) -> bool:
    """Whether any record was made of another."""
    return any(size.synthetic for size in found.whole)


def _rest(parts: tuple[Part, ...]) -> Part:
    """What is left, as one slice."""
    sizes = []
    for at in range(len(parts[0].sizes)):
        each = [part.sizes[at] for part in parts]
        tokens = [one.tokens for one in each if one.tokens is not None]
        records, characters = sum(o.records for o in each), sum(o.characters for o in each)
        made = sum(one.synthetic for one in each)
        sizes.append(Size(records, characters, sum(tokens) if tokens else None, made))
    return Part(f"{len(parts):,} smaller slices", tuple(sizes))


def _rows(part: Part, found: Composition, amounts: list[str], longest: float) -> Iterator[str]:
    shares = {amount: part.shares(found.whole, amount) for amount in amounts}
    last = len(part.sizes) - 1
    for at, size in enumerate(part.sizes):
        cells = []
        if at == 0:
            cells.append(f'<td class="name" rowspan="{last + 1}">{escaped(part.name)}</td>')
        if last:
            cells.append(f'<td class="v{LETTERS[at].lower()}">{LETTERS[at]}</td>')
        for amount in amounts:
            cells += _cells(getattr(size, amount), shares[amount][at], longest, at)
        if _has_made(found):
            made = size.synthetic / size.records if size.records else 0.0
            cells.append(f'<td class="n">{size.synthetic:,}</td>')
            cells.append(f'<td class="n dim">{100 * made:.1f} %</td>')
        style = " ".join(["first"] * (at == 0) + ["last"] * (at == last))
        yield f'<tr class="{style}">{"".join(cells)}</tr>\n'


def _cells(amount: int | None, share: float, longest: float, at: int) -> list[str]:
    """A number, and its share as a bar."""
    if amount is None:
        return ['<td class="n dim">not known</td>', "<td></td><td></td>"]
    width = max(share / longest * BAR, 0.7) if share else 0.0
    bar = (
        f'<svg viewBox="0 0 {BAR} {_HEIGHT}" width="{BAR}" height="{_HEIGHT}" aria-hidden="true">'
        f'<rect width="{width:.1f}" height="{_HEIGHT}" rx="1.5"/></svg>'
    )
    return [
        f'<td class="n">{amount:,}</td>',
        f'<td class="n dim">{100 * share:.1f} %</td>',
        f'<td class="v{LETTERS[at].lower()}">{bar}</td>',
    ]
