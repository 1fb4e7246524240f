"""What is known of a limit as one HTML file that needs nothing else."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from curate.history.html_frame import end, filter_bar, head, links, tile, write_whole
from curate.history.html_limit_plots import share_curve, value_bars
from curate.history.html_records import turns
from curate.history.html_text import escaped
from curate.history.limits import plain
from curate.history.tune import Tuning
from curate.history.tune_report import (
    QUALITY_NOTE,
    conclusion,
    curve_rows,
    direction_words,
    fate,
    notes,
    percentiles,
    quality_rows,
    ranges,
    shown_value,
    value_text,
)
from curate.history.tune_samples import Sample
from curate.history.whatif_settings import as_yaml

KEY = '<p><span class="key kp">passes</span><span class="key kf">fails</span></p>'
_STYLES = {"fails": "removed", "passes": "added"}


def write_page(found: Tuning, ref: str, labels: Path | None, out: Path) -> None:
    """Write the page, whole or not at all. Raises as `html_frame.write_whole`."""
    write_whole(pieces(found, ref, labels), out)


def pieces(found: Tuning, ref: str, labels: Path | None) -> Iterator[str]:
    """The page, piece by piece."""
    rule = found.rule
    yield head("tune", f"{ref}, rule {rule.name}")
    yield f'<div class="dim">{escaped(rule.what.strip())}</div>'
    where = f"<code>{escaped(rule.where or '')}</code>"
    yield f'<div class="dim">{where} on {escaped(rule.field)}</div>'
    names = ("values", "limits", *(["labels"] * (found.labelling is not None)), "records")
    yield links(names)
    yield from _tiles(found)
    yield from _values(found)
    yield from _limits(found)
    yield from _labels(found, labels)
    yield from _records(found)
    yield end()


def _tiles(found: Tuning) -> Iterator[str]:
    judged = found.direction.records
    yield '<div class="tiles">'
    yield tile("limit", plain(_number(found)), "as built")
    yield tile("records", f"{found.came:,}", f"came to the step, {judged:,} have a value")
    share = f"{100 * found.failing / found.came:.3g} %"
    yield tile("fail the rule", f"{found.failing:,}", share, "removed")
    yield tile("pass the step", f"{found.passed:,}", "all rules together", "added")
    yield "</div>\n"
    yield f"<p>{escaped(direction_words(found.direction, shown_value(found)))}</p>"


def _number(found: Tuning) -> float:
    assert isinstance(found.rule.limit, int | float)
    return found.rule.limit


def _values(found: Tuning) -> Iterator[str]:
    value = shown_value(found)
    yield f'<h2 id="values">Values of {escaped(value)}</h2><div class="plots"><div>'
    yield f"<h3>Records by value</h3>{KEY}"
    yield value_bars(found.histogram, ranges(found), _number(found), f"{value}: records by value")
    yield "</div><div><h3>Share that fails, over the limit</h3>"
    yield f"<p>{escaped(f'of {found.came:,} records')}</p>"
    yield f"{_curve(found)}</div></div>"
    if _in_ratios(found):
        yield '<p class="dim">Both scales grow in equal ratios: small values are told apart.</p>'
    yield _table(*percentiles(found))


def _in_ratios(found: Tuning) -> bool:
    return found.histogram.scale == "ratios" and _number(found) > 0


def _curve(found: Tuning) -> str:
    best = None if found.labelling is None else found.labelling.advice.best
    marks = [("now", _number(found))]
    marks += [("best", best.limit)] if best is not None and best.limit != _number(found) else []
    points = found.drawn_curve or found.curve
    title = "share of the records that fail the rule"
    return share_curve(points, found.curve, found.came, marks, _in_ratios(found), title)


def _limits(found: Tuning) -> Iterator[str]:
    yield (
        '<h2 id="limits">Limits</h2><p class="dim">Fail it: whatever the other rules say. Gained '
        "and lost: against now, where the other rules of the step hold. No other step is run "
        "again.</p>"
    )
    yield _table(*curve_rows(found))


def _labels(found: Tuning, labels: Path | None) -> Iterator[str]:
    told = found.labelling
    if told is None:
        return
    yield '<h2 id="labels">Labels</h2>'
    counts = f"{told.advice.good} good and {told.advice.bad} bad labels in {labels}."
    yield f"<p>{escaped(counts)} {' '.join(escaped(note) for note in notes(told))}</p>"
    yield f"<p><b>{escaped(conclusion(told.advice))}</b></p>"
    yield _table(*quality_rows(told.advice))
    yield f'<p class="dim">{QUALITY_NOTE}</p>'
    if found.settings:
        settings = escaped(as_yaml(dict(found.settings)))
        yield f"<p>In the recipe, among the settings of the step {escaped(found.rule.step)}:</p>"
        yield f'<div class="words">{settings}</div>'


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose columns stand to the right, but for the last where it has words."""
    heads = "".join(f'<th class="n">{escaped(name)}</th>' for name in names)
    lines = []
    for row in rows:
        cells = (f"{one:,}" if isinstance(one, int) else str(one).strip() for one in row)
        lines.append("".join(f'<td class="n">{escaped(cell)}</td>' for cell in cells))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table><tr>{heads}</tr>{body}</table></div>\n'


def _records(found: Tuning) -> Iterator[str]:
    sides = {"fails": found.failing_samples, "passes": found.passing_samples}
    both = [one for each in sides.values() for one in each]
    sources = sorted({one.source for one in both})
    yield '<h2 id="records">Records around the limit</h2>'
    yield "<p>Those of each side that are nearest to the limit, the nearest first.</p>"
    kinds = [(name, _STYLES[name]) for name, each in sides.items() if each]
    yield filter_bar(kinds, sources, "every source")
    for name, each in sides.items():
        for one in each:
            yield _record(name, one, sources.index(one.source))


def _record(name: str, one: Sample, source: int) -> str:
    place = f"{one.source}/{one.file}:{one.line}{fate(one)}"
    inner = '<p class="dim">Its content is not stored any more.</p>'
    if one.content is not None:
        inner = "".join(turns(one.content))
    return (
        f'<details class="record" data-change="{name}" data-cause="{source}">'
        f'<summary><span class="{_STYLES[name]}">{name}</span> <b>{value_text(one.value)}</b> '
        f'<span class="id">{one.id.hex()}</span> <span class="dim">{escaped(place)}</span>'
        f"</summary>{inner}</details>\n"
    )
