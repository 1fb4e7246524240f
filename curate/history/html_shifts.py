"""The shifted distributions as HTML, with plots and the records that drive them."""

from collections.abc import Iterator

from curate.history.causes import SIGNS
from curate.history.difference import Difference
from curate.history.html_plots import KEY, functions, histogram, share_bars
from curate.history.html_text import escaped
from curate.history.report_shifts import probability, told_once
from curate.history.shift import Shift

LABELS_SHOWN = 12


def shifts(found: Difference) -> Iterator[str]:
    """The distributions that shifted, each with its plots; the others in one table."""
    compared = told_once(found.shifts())
    shifted = [one for one in compared if one.is_one]
    yield '<h2 id="shifts">Shifts</h2>'
    yield (
        f"<p>{len(shifted)} of {len(compared)} distributions shifted: a difference as large is "
        "unlikely (p &lt; 0.05, corrected for the number of tests by Holm&rsquo;s method) between "
        "samples of one distribution. Records that both versions hold make the tests cautious.</p>"
    )
    what = {cause.key: cause.what for cause in found.causes}
    for one in shifted:
        yield from _card(one, what)
    others = [one for one in compared if not one.is_one]
    if others:
        yield '<h3>Not shifted</h3><div class="wide"><table>'
        yield (
            "<tr><th>distribution</th><th class=n>distance</th><th class=n>p</th>"
            "<th class=n>median A</th><th class=n>median B</th></tr>"
        )
        for one in others:
            medians = [f"{side.median:.4g}" if side else "" for side in (one.before, one.after)]
            cells = (f"{one.distance:.3f}", probability(one.p), *medians)
            yield f"<tr><td>{escaped(one.name)}</td>"
            yield "".join(f'<td class="n">{escaped(cell)}</td>' for cell in cells) + "</tr>"
        yield "</table></div>\n"


def _card(one: Shift, what: dict[str, str]) -> Iterator[str]:
    measure = "D" if one.test == "kolmogorov-smirnov" else "total variation distance"
    figures = [f"{measure} {one.distance:.3f}", f"p {probability(one.p)}"]
    if one.before is not None and one.after is not None:
        figures.append(f"PSI {one.psi:.3f}")
        figures += [
            f"{name} {getattr(one.before, name):.4g} → {getattr(one.after, name):.4g}"
            for name in ("low", "median", "mean", "high")
        ]
    if any(one.lacking):
        figures.append(f"not measured of {one.lacking[0]:,} → {one.lacking[1]:,} records")
    yield f'<div class="card"><h3>{escaped(one.name)}</h3>'
    yield f'<div class="dim">{escaped("; ".join(figures))}</div>'
    yield KEY
    if one.plot is not None and one.at is not None and one.plot.points:
        yield f'<div class="plots">{histogram(one.plot, f"{one.name}: share of the records")}'
        yield f"{functions(one.plot, one.at, f'{one.name}: share up to a value')}</div>"
    yield from _labels(one)
    yield from _drivers(one, what)
    yield "</div>\n"


def _labels(one: Shift) -> Iterator[str]:
    if not one.shares:
        return
    before = sum(share.before for share in one.shares)
    after = sum(share.after for share in one.shares)
    yield "<table>"
    for share in one.shares[:LABELS_SHOWN]:
        shares = share.before / before, share.after / after
        words = " → ".join(f"{100 * part:.1f} %" for part in shares)
        yield (
            f"<tr><td>{escaped(share.label)}</td><td>{share_bars(*shares, words)}</td>"
            f'<td class="n">{share.before:,} → {share.after:,}</td>'
            f'<td class="n">{words}</td></tr>'
        )
    yield "</table>"


def _drivers(one: Shift, what: dict[str, str]) -> Iterator[str]:
    drivers = one.drivers
    if drivers is None or one.at is None:
        return
    against = f", {drivers.against:,} the other way" if drivers.against else ""
    yield f"<p>{drivers.number:,} records went {one.moved} past {one.at:.4g}{against}:</p><ul>"
    for key, number in drivers.causes:
        yield f"<li>{number:,} {escaped(what[key])}</li>"
    yield "</ul><table>"
    for each in drivers.examples:
        values = " → ".join(
            "none" if side is None else f"{side:.6g}" for side in (each.before, each.after)
        )
        place = escaped(f"{each.source}/{each.file}:{each.line}")
        yield (
            f'<tr><td class="id {each.change}">{SIGNS[each.change]} {each.id.hex()}</td>'
            f'<td class="n">{escaped(values)}</td><td class="dim">{place}</td>'
            f"<td>{escaped(what[each.key])}</td></tr>"
        )
    yield "</table>"
