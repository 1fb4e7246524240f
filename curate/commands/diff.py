"""`curate diff A B`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.condition import Verdict
    from curate.history.difference import Difference

EXAMPLES = 3
PAGE_EXAMPLES = 200
"""Records of each kind of change that an HTML page holds; it stays under some megabytes."""


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--examples",
    type=click.IntRange(0),
    help="Records shown of each kind of change.  "
    f"[default: {EXAMPLES}; with --html {PAGE_EXAMPLES}]",
)
@click.option(
    "--brief", is_flag=True, help="Only counts and causes: no slices, shifts or texts are read."
)
@click.option("--all", "show_all", is_flag=True, help="Show every record that changed.")
@click.option(
    "--fail-on",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="End with exit code 11 where this holds, such as 'removed > 5%'. Can be repeated.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the page as one HTML file, with plots and a search.",
)
@store_option
@json_option
def diff(
    before: str,
    after: str,
    examples: int | None,
    brief: bool,
    show_all: bool,
    conditions: tuple[str, ...],
    page: Path | None,
    store: Path,
    as_json: bool,
) -> None:
    """Compare the versions A and B: records with causes, words, slices, shifts and recipes.

    A and B are REFs, such as support-sft@1 and support-sft@2, or splits: support-sft@2:eval.

    A condition is QUANTITY > NUMBER (or >=, <, <=), with a number or a percentage of A. Quantities
    are added, removed, edited and moved; records, characters, tokens and slices such as
    labels.topic=billing, of which B less A counts; and shift(NAME), a distance from 0 to 1.
    """
    from rich.text import Text

    from curate.history import diff as compare
    from curate.history.condition import judge, parse_condition
    from curate.history.html_page import write_page
    from curate.store import Store

    asked = [parse_condition(text) for text in conditions]
    opened = Store.open(store)
    found = compare(opened.version(before), opened.version(after))
    verdicts = [judge(one, found) for one in asked]
    output = Output(as_json)
    limit = 0 if brief else EXAMPLES if examples is None else examples
    if page is not None:
        many = PAGE_EXAMPLES if examples is None else examples
        write_page(found, verdicts, None if show_all else many, page)
    if as_json:
        head = _document(found, verdicts, limit) | ({} if brief else _levels(found))
        output.emit_rows(head, "changes", _changes(found))
    else:
        _print(found, verdicts, output, brief, limit if brief or page or not show_all else None)
        if page is not None:
            output.line(Text(visible(f"page: {page}")))
    _fail(found, verdicts)


def _print(
    found: "Difference",
    verdicts: "list[Verdict]",
    output: Output,
    brief: bool,
    limit: int | None,
) -> None:
    from curate.history import report, report_shifts, report_slices
    from curate.history.causes import CHANGES

    marks = output.console.no_color or not output.console.is_terminal
    parts = [report.head(found), report.causes(found)]
    if found.causes and not brief:
        parts += [report_slices.slices(found.slices()), report_shifts.shifts(found)]
    parts.append(report.verdicts(verdicts))
    parts += [report.records(found, kind, limit, marks) for kind in CHANGES]
    for number, part in enumerate(parts):
        for place, line in enumerate(part):
            if number and not place:
                output.line()
            output.line(line)


def _fail(found: "Difference", verdicts: "list[Verdict]") -> None:
    from curate.errors import ConditionError

    failed = [one for one in verdicts if one.holds]
    if failed:
        refs = f"{found.before.ref} {found.after.ref}"
        words = "; ".join(f"{one.condition} holds ({one.words})" for one in failed)
        raise ConditionError(f"diff {refs}", words, "Exit code 11, as --fail-on asks")


def _document(found: "Difference", verdicts: "list[Verdict]", limit: int) -> dict[str, Any]:
    from curate.history.causes import CHANGES
    from curate.history.document import document
    from curate.history.examples import examples

    sides = {
        name: {"ref": one.ref, "snapshot": one.snapshot, "recipe_hash": one.recipe_hash}
        for name, one in (("before", found.before), ("after", found.after))
    }
    numbers = _numbers(found)
    shown = [
        _with_cause(document(one.change), numbers)
        | {"content": document(one.content), "words": document(one.words)}
        for kind in CHANGES
        for one in examples(found, kind, limit)
    ]
    return sides | {
        "recipe": document(found.recipe),
        "inputs": document(found.inputs),
        "counts": document(found.counts),
        "causes": [_without_key(document(cause)) for cause in found.causes],
        "conditions": document(verdicts),
        "examples": shown,
    }


def _levels(found: "Difference") -> dict[str, Any]:
    from curate.history.document import document

    numbers = _numbers(found)
    return {
        "slices": document(found.slices()),
        "shifts": [_shift(one, numbers) for one in document(found.shifts())],
    }


def _numbers(found: "Difference") -> dict[str, int]:
    return {cause.key: number for number, cause in enumerate(found.causes)}


def _changes(found: "Difference") -> Iterator[dict[str, Any]]:
    from curate.history.document import document

    numbers = _numbers(found)
    return (_with_cause(document(one), numbers) for one in found.changes())


def _with_cause(row: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return _without_key(row) | {"cause": numbers[row["key"]]}


def _without_key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "key"}


def _shift(row: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    drivers = row["drivers"]
    if drivers is not None:
        drivers["causes"] = [{"cause": numbers[key], "records": n} for key, n in drivers["causes"]]
        drivers["examples"] = [_with_cause(one, numbers) for one in drivers["examples"]]
    return {name: value for name, value in row.items() if name != "plot"}
