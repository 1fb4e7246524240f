"""A difference as one HTML file that needs nothing else, piece by piece."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from curate.history.causes import CHANGES, SIGNS, Cause
from curate.history.condition import Verdict
from curate.history.difference import Difference
from curate.history.examples import examples
from curate.history.html_frame import end, filter_bar, head, links, tile, write_whole
from curate.history.html_plots import KEY, share_bars
from curate.history.html_records import record
from curate.history.html_shifts import shifts
from curate.history.html_text import escaped
from curate.history.report import described, recipe_lines
from curate.history.report_slices import percent
from curate.history.slices import Slice, Slices


def write_page(
    found: Difference, verdicts: Sequence[Verdict], limit: int | None, out: Path
) -> None:
    """Write the page of a difference, whole or not at all; limits as in `pieces`.

    Raises RefusedError where something else than such a page stands there, StoreError where the
    disk refuses.
    """
    write_whole(pieces(found, verdicts, limit), out)


def pieces(found: Difference, verdicts: Sequence[Verdict], limit: int | None) -> Iterator[str]:
    """The page, with at most `limit` records of each kind of change; all of them without."""
    yield from _head(found)
    yield from _summary(found, verdicts)
    yield from _recipe(found)
    if found.causes:
        yield from _slices(found.slices())
        yield from shifts(found)
        yield from _records(found, limit)
    yield end()


def _head(found: Difference) -> Iterator[str]:
    yield head("diff", f"{found.before.ref} → {found.after.ref}")
    for sign, version in (("-", found.before), ("+", found.after)):
        yield f'<div class="dim"><code>{sign} {escaped(described(version))}</code></div>'
    yield links(("causes", "recipe", *(("slices", "shifts", "records") if found.causes else ())))


def _summary(found: Difference, verdicts: Sequence[Verdict]) -> Iterator[str]:
    before, after = found.counts[0].before, found.counts[0].after
    yield '<div class="tiles">'
    yield tile("records", f"{after:,}", f"{before:,} before, {percent(before, after)}")
    for change in CHANGES:
        number = found.number(change)
        share = f"{100 * number / before:.2g} % of A" if before else ""
        yield tile(change, f"{SIGNS[change]} {number:,}", share, change)
    yield "</div>\n"
    for verdict in verdicts:
        style, state = ("holds", "holds") if verdict.holds else ("added", "ok")
        words = f'<span class="dim">{escaped(verdict.words)}</span>'
        condition = f"<code>{escaped(verdict.condition)}</code>"
        yield f'<div><span class="{style}">{state}</span> {condition} {words}</div>'
    yield '<h2 id="causes">Causes</h2>'
    if not found.causes:
        yield "<p>No record differs.</p>"
        return
    yield '<table><tr><th class="n">records</th><th>change</th><th>what</th><th>why</th></tr>'
    for number, one in enumerate(found.causes):
        yield (
            f'<tr><td class="n {one.change}">{SIGNS[one.change]} {one.number:,}</td>'
            f'<td class="{one.change}">{one.change}</td>'
            f'<td><a href="#records" data-cause="{number}">{escaped(one.what)}</a></td>'
            f'<td class="dim">{escaped(one.why)}</td></tr>'
        )
    yield "</table>\n"


def _recipe(found: Difference) -> Iterator[str]:
    lines = [line.strip() for line in recipe_lines(found.recipe)]
    yield '<h2 id="recipe">Recipe and input</h2>'
    for one in found.inputs:
        sides = (one.records_before, one.records_after)
        counts = " → ".join(f"{side:,}" for side in sides if side is not None)
        lines.append(f"input {one.source}/{one.file} {one.state}: {counts} records")
    if not lines:
        yield "<p>The recipes and the inputs are the same.</p>"
        return
    yield f"<ul>{''.join(f'<li>{escaped(line)}</li>' for line in lines)}</ul>\n"


def _slices(found: Slices) -> Iterator[str]:
    yield '<h2 id="slices">Slices</h2>'
    yield f'{KEY}<div class="wide"><table>'
    tokens = "<th class=n>tokens</th>" if found.tokens else ""
    yield (
        "<tr><th>slice</th><th class=n>A</th><th class=n>B</th><th class=n></th><th>share</th>"
        f"<th class=n>characters</th>{tokens}</tr>"
    )
    yield _slice("all", found.whole, found)
    for by, group in groupby(found.slices, key=lambda one: one.by):
        each = list(group)
        if len(each) == 1 and each[0][2:] == found.whole[2:]:
            continue
        for one in each:
            yield _slice(f"{by}={one.name}", one, found)
    yield "</table></div>"
    notes = [f"{one.by} has {one.values:,} values, too many to slice by." for one in found.unlisted]
    if found.tokens is None:
        notes.append("Tokens are not counted: build with the step tokens.")
    yield "".join(f'<p class="dim">{escaped(note)}</p>' for note in notes) + "\n"


def _slice(name: str, one: Slice, found: Slices) -> str:
    shares = [
        part.records / whole.records if whole.records else 0.0
        for part, whole in ((one.before, found.whole.before), (one.after, found.whole.after))
    ]
    words = " → ".join(f"{100 * share:.1f} %" for share in shares)
    difference = one.after.records - one.before.records
    style = "added" if difference > 0 else "removed" if difference < 0 else "dim"
    sizes = [(one.before.characters, one.after.characters)]
    sizes += [(one.before.tokens, one.after.tokens)] if found.tokens else []
    cells = "".join(
        f'<td class="n">{after:,} <span class="dim">{_grown(before, after)}</span></td>'
        for before, after in sizes
    )
    return (
        f'<tr><td>{escaped(name)}</td><td class="n">{one.before.records:,}</td>'
        f'<td class="n">{one.after.records:,}</td>'
        f'<td class="n {style}">{f"{difference:+,}" if difference else "="}</td>'
        f'<td>{share_bars(shares[0], shares[1], words)}<span class="dim">{words}</span></td>'
        f"{cells}</tr>"
    )


def _grown(before: int, after: int) -> str:
    return "=" if before == after else percent(before, after)


def _records(found: Difference, limit: int | None) -> Iterator[str]:
    numbers = {cause.key: number for number, cause in enumerate(found.causes)}
    yield '<h2 id="records">Records</h2>'
    chosen = {change: examples(found, change, limit) for change in CHANGES}
    left = sum(found.number(change) - len(each) for change, each in chosen.items())
    if left:
        yield (
            f"<p>{left:,} further records are left out, so that the page stays light: "
            "<code>--examples N</code> sets how many of each kind it holds, "
            "<code>--json</code> lists all.</p>"
        )
    yield _filter(found.causes, {change for change, each in chosen.items() if each})
    for each in chosen.values():
        for one in each:
            yield record(one, numbers[one.cause.key])


def _filter(causes: Sequence[Cause], kinds: set[str]) -> str:
    named = [f"{one.change}: {one.what}" for one in causes]
    return filter_bar([(one, one) for one in CHANGES if one in kinds], named, "every cause")
