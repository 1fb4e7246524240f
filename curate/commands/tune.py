"""`curate tune REF RULE`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.errors import UsageError
from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.tune import Tuning
    from curate.history.tune_labels import Session
    from curate.store import Version

SAMPLES = 3
PAGE_SAMPLES = 100
"""Records of each side that an HTML page holds."""

LONGEST = 2_000
"""Characters of each turn of a record to label that are shown."""

KEYS = "g good (keep)   b bad (drop)   s skip   u undo   q quit"


@click.command()
@click.argument("ref")
@click.argument("rule", required=False)
@click.option(
    "--drop",
    metavar="STEP",
    help="Instead of RULE, a `drop` to try: '{where: toxicity > limit, limit: 0.8}'.",
)
@click.option(
    "--samples",
    type=click.IntRange(0),
    help=f"Records shown of each side of the limit.  [default: {SAMPLES}; with --html "
    f"{PAGE_SAMPLES}]",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the page as one HTML file, with plots and a search.",
)
@click.option(
    "--label",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="Ask of N records on both sides of the limit whether they are good or bad.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where labels are kept, or are already.  [default: labels-RULE.jsonl]",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    help="Recommend what drops most while at least this share of it is bad, such as 0.9.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the draw: another one, others."
)
@store_option
@json_option
def tune(
    ref: str,
    rule: str | None,
    drop: str | None,
    samples: int | None,
    page: Path | None,
    number: int | None,
    labels: Path | None,
    precision: float | None,
    seed: int,
    store: Path,
    as_json: bool,
) -> None:
    """Show what the limit of a rule of the version REF does, and find a better one by labels.

    RULE is a rule's id, or step.rule where several steps have it. Values are those that were stored
    by the build. With --label N you judge records without being told what the rule says of them;
    labels are kept as you go, and the same command goes on where you stopped.
    """
    from curate.history.tune import tune as ask
    from curate.store import Store

    if number is not None and as_json:
        right = "Label first; then ask with --labels FILE --json."
        raise UsageError("--label with --json", "the questions would stand in the document", right)
    if precision is not None and number is None and labels is None:
        right = "Say --label N, or --labels FILE with labels."
        raise UsageError("--precision", "there are no labels to hold it against", right)
    if (rule is None) == (drop is None):
        raise UsageError("tune", "got RULE and --drop" if rule else "no RULE", "Give one of them.")
    version = Store.open(store).version(ref)
    output = Output(as_json)
    if drop is not None:
        from curate.history.trial import with_trial

        version, rule = with_trial(version, drop)
    assert rule is not None
    if number is not None:
        labels = _label(version, rule, number, seed, labels, output)
    shown = SAMPLES if samples is None else samples
    many = PAGE_SAMPLES if samples is None and page is not None else shown
    found = ask(version, rule, many, labels, precision, drawn=page is not None)
    output.emit(_document(version, found, many if page is None else shown))
    if page is not None:
        from curate.history.tune_html import write_page

        write_page(found, version.ref, labels, page)
    if number is None:
        _print(version, found, shown, output)
    if found.labelling is not None:
        _print_advice(found, labels, output)
    if page is not None:
        output.line(_text(f"page: {page}"))


def _label(
    version: "Version", rule: str, number: int, seed: int, labels: Path | None, output: Output
) -> Path | None:
    """Ask for labels until all are there or the user has enough; return their file, if any."""
    from curate.history.tune import draw_samples
    from curate.history.tune_facts import tunable
    from curate.history.tune_labels import LabelFile, Session, labels_path

    known = tunable(version, rule)
    path = labels or labels_path(known)
    file = LabelFile(path, known)
    try:
        session = Session(draw_samples(version, rule, number, seed), file)
        _ask(session, output)
    finally:
        file.close()
        kept = len(file.by_id)
        output.line(_text(f"{kept:,} label{'s' * (kept != 1)} kept in {path}."))
        output.line()
    return path if path.exists() else None


def _ask(session: "Session", output: Output) -> None:
    from curate.history.page import content_lines

    done = session.total - len(session.waiting)
    if done:
        output.line(_text(f"{done:,} of {session.total:,} have their label already."))
    shown = None
    while (one := session.current) is not None:
        if one is not shown:
            place = session.total - len(session.waiting) + 1
            output.line(_text(f"{place:,} of {session.total:,}", "bold"))
            if one.content is None:
                output.line(_text("  its content is not stored any more", "dim"))
            else:
                for paragraph in content_lines(one.content, LONGEST, with_values=False):
                    output.line(paragraph)
            output.line(_text(f"  {KEYS}", "dim"))
            shown = one
        key = _key()
        if key == "q":
            return
        if not session.answer(key):
            nothing = key == "u"
            output.line(_text("  nothing to undo" if nothing else f"  one of: {KEYS}", "yellow"))


def _key() -> str:
    """The next key of a terminal, or the next line's first letter; `q` where there is no more."""
    if sys.stdin is None:
        return "q"
    if sys.stdin.isatty():
        try:
            return click.getchar().lower()
        except EOFError:
            return "q"
    line = sys.stdin.buffer.readline().decode(errors="replace")
    return line.strip()[:1].lower() if line else "q"


def _print(version: "Version", found: "Tuning", shown: int, output: Output) -> None:
    from curate.history import tune_report as report

    for line in report.title(found, version.ref):
        output.line(line)
    output.line()
    symbols = output.console.encoding.lower().startswith("utf")
    for line in report.bars(found, output.console.width, symbols):
        output.line(line)
    output.line()
    output.table(*report.percentiles(found))
    output.line()
    output.table(*report.curve_rows(found))
    output.line()
    for name, style, chosen in (
        ("fails", "red", found.failing_samples[:shown]),
        ("passes", "green", found.passing_samples[:shown]),
    ):
        for paragraph in report.samples(name, style, chosen):
            output.line(paragraph)
        if chosen:
            output.line()
    held = f"The other rules of {found.rule.step} hold, and no other step is run again."
    again = found.measured.again
    more = f" {again:,} contents were measured again: their values are not stored." if again else ""
    output.line(_text(held + more, "dim"))
    if found.labelling is not None:
        output.line()


def _print_advice(found: "Tuning", labels: Path | None, output: Output) -> None:
    from curate.history import tune_report as report
    from curate.history.whatif_settings import as_yaml

    assert found.labelling is not None
    for line in report.advice(found.labelling, str(labels)):
        output.line(line)
    output.line()
    if found.labelling.advice.good or found.labelling.advice.bad:
        output.table(*report.quality_rows(found.labelling.advice))
        output.line(_text(report.QUALITY_NOTE, "dim"))
    if found.settings:
        best = found.labelling.advice.best
        assert best is not None
        point = found.point(best.limit)
        output.line()
        moved = f"gains {point.gained:,} records and loses {point.lost:,}"
        where = f"In the recipe, among the settings of the step {found.rule.step}; it {moved}:"
        output.line(_text(where))
        output.line(_text(as_yaml(dict(found.settings))))


def _text(words: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(visible(words), style)


def _document(version: "Version", found: "Tuning", shown: int) -> dict[str, Any]:
    from curate.history.document import document

    whole: dict[str, Any] = document(found)
    del whole["drawn_curve"]
    for point in whole["curve"]:
        point["share"] = point["failing"] / found.came
    for side in ("failing_samples", "passing_samples"):
        whole[side] = whole[side][:shown]
    whole["direction"]["monotone"] = found.direction.monotone
    if found.labelling is not None:
        advice = found.labelling.advice
        for name, quality in (("present", advice.present), ("best", advice.best)):
            if quality is not None:
                told = whole["labelling"]["advice"][name]
                told["balanced_accuracy"] = quality.balanced_accuracy
    return {"version": version.ref} | whole
