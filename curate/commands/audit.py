"""`curate audit REF`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import KEPT_WIDTH, Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.audit import StepAudit
    from curate.history.audit_figures import RuleFigures
    from curate.store import Version

PAIRS_SHOWN = 10
"""Pairs of rules that are listed for a person; --json has all."""

SLICES_SHOWN = 8
"""Slices that are listed for a person, and of each rule those it drops the largest share of."""

LONGEST = KEPT_WIDTH
"""Characters of a slice's value that are shown."""

SHARE = "   share"
"""The head of a column of shares."""


@click.command()
@click.argument("ref")
@click.option(
    "--by",
    metavar="SLICE",
    help="Tell the figures of each source, kind, license, split or labels.NAME too.",
)
@click.option("--step", metavar="NAME", help="Only this step of rules.")
@store_option
@json_option
def audit(ref: str, by: str | None, step: str | None, store: Path, as_json: bool) -> None:
    """Say how many records each rule of the version REF dropped, how many it alone.

    Pairs of rules that drop the same records are listed, and rules that never fired are marked. All
    of it is counted from the ledger; nothing is measured again.
    """
    from curate.history.audit import audit as ask
    from curate.history.document import document
    from curate.store import Store
    from curate.store.catalog import reading_once

    opened = Store.open(store)
    with reading_once(opened.folder):
        version = opened.version(ref)
        steps = ask(version, by, step)
    output = Output(as_json)
    output.emit({"version": version.ref, "steps": [document(one) for one in steps]})
    if not steps:
        output.line("No step of this version has rules.")
    for one in steps:
        _print(version, one, output)


def _print(version: "Version", one: "StepAudit", output: Output) -> None:
    from rich.text import Text

    head = Text(visible(f"{version.ref}, step {one.step}"), "bold")
    share = f" ({_percent(one.dropped, one.came).strip()})" if one.came else ""
    counts = f"  {one.came:,} records came, {one.dropped:,} dropped{share}"
    output.line(head.append(counts, "not bold"))
    output.line()
    fired = sorted(one.rules, key=lambda rule: -rule.failed)
    rows = [[*_figures(rule, one.came), "never fired" * rule.dead] for rule in fired]
    output.table(["rule", "field", "failed", "alone", SHARE, ""], rows)
    output.line()
    _print_overlaps(one, output)
    _print_slices(one, output)


def _figures(rule: "RuleFigures", came: int) -> list[str | int]:
    return [rule.rule, rule.field, rule.failed, rule.alone, _percent(rule.failed, came)]


def _percent(part: int, whole: int) -> str:
    """A share, of equal width whatever it is, so that shares stand under each other.

    >>> _percent(1, 8), _percent(1, 100_000), _percent(0, 8)
    (' 12.50 %', '< 0.01 %', '        ')
    """
    if not part:
        return " " * 8
    percent = f"{100 * part / whole:6.2f} %"
    return "< 0.01 %" if percent == "  0.00 %" else percent


def _print_overlaps(one: "StepAudit", output: Output) -> None:
    if not one.overlaps:
        return
    rows = [
        [pair.first, pair.second, pair.both, f"{pair.jaccard:.2f}"]
        for pair in one.overlaps[:PAIRS_SHOWN]
    ]
    output.table(["fail together", "", "records", "Jaccard"], rows)
    _print_more(len(one.overlaps) - PAIRS_SHOWN, "pair", output)
    output.line()


def _print_slices(one: "StepAudit", output: Output) -> None:
    if one.by is None or not one.slices:
        return
    rows: list[list[str | int]] = [
        [_value(part.value), part.came, part.dropped, _percent(part.dropped, part.came)]
        for part in one.slices[:SLICES_SHOWN]
    ]
    output.table([visible(one.by), "came", "dropped", SHARE], rows)
    _print_more(len(one.slices) - SLICES_SHOWN, "slice", output)
    output.line()
    rows = [row for rule in one.rules for row in _of_rule(one, rule.rule)]
    if rows:
        output.table(["rule", visible(one.by), "failed", "alone", SHARE], rows)
        output.line()


def _of_rule(one: "StepAudit", rule: str) -> list[list[str | int]]:
    """The slices that a rule drops most of: its name stands in the first row."""
    found = [
        (figures, part)
        for part in one.slices
        for figures in part.rules
        if figures.rule == rule and figures.failed
    ]
    found.sort(key=lambda pair: (-pair[0].share, -pair[0].failed, pair[1].value))
    return [
        [
            *("" if at else rule, _value(part.value)),
            *(figures.failed, figures.alone, _percent(figures.failed, part.came)),
        ]
        for at, (figures, part) in enumerate(found[:SLICES_SHOWN])
    ]


def _value(value: str) -> str:
    line = value.replace("\n", " ")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]} ..."


def _print_more(more: int, what: str, output: Output) -> None:
    if more > 0:
        output.line(f"[dim]{more:,} more {what}{'s' * (more > 1)}: --json has them[/]")
