"""`curate diff A B`."""

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from curate.history.diff import Change, Difference
    from curate.history.recipes import RecipeChange
    from curate.store import Version

SIGNS = {"removed": "-", "added": "+", "edited": "~", "moved": ">"}
STYLES = {"removed": "red", "added": "green", "edited": "yellow", "moved": "cyan"}


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--examples",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="Records shown of each kind of change.",
)
@click.option("--all", "show_all", is_flag=True, help="Show every record that changed.")
@store_option
@json_option
def diff(
    before: str, after: str, examples: int, show_all: bool, store: Path, as_json: bool
) -> None:
    """Compare the versions A and B record by record, with the cause of every change.

    A and B are REFs, such as support-sft@1 and support-sft@2, or splits: support-sft@2:eval.
    """
    from curate.history import diff as compare
    from curate.store import Store

    opened = Store.open(store)
    found = compare(opened.version(before), opened.version(after))
    output = Output(as_json)
    if as_json:
        output.emit(_document(found))
        return
    _print_head(found, output)
    _print_causes(found, output)
    for kind in SIGNS:
        for line in _examples(found, kind, None if show_all else examples, _marks(output)):
            output.line(line)


def _marks(output: Output) -> bool:
    console = output.console
    return console.no_color or not console.is_terminal


def _print_head(found: "Difference", output: Output) -> None:
    from rich.text import Text

    for sign, version in (("-", found.before), ("+", found.after)):
        output.line(Text(f"{sign} {_described(version)}", "bold"))
    for line in recipe_lines(found.recipe):
        output.line(Text(line))
    for one in found.inputs:
        sides = (one.records_before, one.records_after)
        counts = " -> ".join(f"{side:,}" for side in sides if side is not None) + " records"
        output.line(Text(visible(f"  input {one.source}/{one.file} {one.state}: {counts}")))
    output.line()
    rows = [
        [f"{one.by} {one.name}".strip(), one.before, one.after, f"{one.after - one.before:+,}"]
        for one in found.counts
    ]
    output.table(["members", "A", "B", ""], rows)
    output.line()


def _described(version: "Version") -> str:
    time = f"{version.created:%Y-%m-%d %H:%M}"
    return f"{version.ref}  snapshot {version.snapshot[:12]}  {time}"


def recipe_lines(change: "RecipeChange") -> "Iterator[str]":
    """What differs between two recipes, a line each."""
    from curate.history.causes import setting_value, setting_words

    for setting in change.settings:
        yield visible(f"  {setting_words(setting)}")
    for what, parts in (("source", change.sources), ("step", change.steps)):
        for part in parts:
            told = [
                setting_words(one)
                if part.state == "changed"
                else f"{one.name} {setting_value(one.after)}"
                for one in part.settings
                if part.state == "changed" or one.after not in (None, [], "")
            ]
            told += ["its version or files, not its settings"] if part.by_version else []
            yield visible(
                f"  {what} {part.name} {part.state}" + f": {', '.join(told)}" * bool(told)
            )


def _print_causes(found: "Difference", output: Output) -> None:
    from rich.table import Table
    from rich.text import Text

    if not found.causes:
        output.line("No record differs.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right")
    for _ in ("change", "what", "why"):
        table.add_column()
    for one in found.causes:
        style = STYLES[one.change]
        number = Text(f"{SIGNS[one.change]} {one.number:,}", style)
        why = Text(visible(one.why), "dim")
        table.add_row(number, Text(one.change, style), Text(visible(one.what)), why)
    output.line(table)


def _examples(
    found: "Difference", kind: str, limit: int | None, marks: bool
) -> "Iterator[RenderableType]":
    """Records of one kind of change, those of different causes first."""
    causes = [cause for cause in found.causes if cause.change == kind]
    by_cause = [[(cause, one) for one in found.examples(cause, limit)] for cause in causes]
    chosen = [pair for rank in zip_longest(*by_cause) for pair in rank if pair is not None][:limit]
    if not chosen:
        return
    total = sum(cause.number for cause in causes)
    shown = "" if len(chosen) == total else f", {len(chosen):,} shown"
    yield f"\n[bold {STYLES[kind]}]{kind}[/]  [dim]{total:,}{shown}[/]"
    contents = _contents(found, [one for _, one in chosen])
    for cause, one in chosen:
        yield from _example(one, cause.what, contents, marks)


def _contents(found: "Difference", changes: "list[Change]") -> dict[bytes, dict[str, Any]]:
    hashes = {side for one in changes for side in (one.before, one.after) if side is not None}
    return found.after.payloads(sorted(hashes))


def _example(
    one: "Change",
    what: str,
    contents: dict[bytes, dict[str, Any]],
    marks: bool,
) -> "Iterator[RenderableType]":
    from rich.text import Text

    from curate.history.page import change_lines, content_lines
    from curate.history.words import compare

    copy = f" copy {one.copy}" if one.copy else ""
    head = Text(f"{SIGNS[one.change]} {one.id.hex()[:12]}{copy}", STYLES[one.change])
    head.append(visible(f"  {one.source}/{one.file}:{one.line}"), "dim")
    yield head.append(visible(f"  {what}{_measured(one)}"))
    old, new = contents.get(one.before or b""), contents.get(one.after or b"")
    if one.change == "edited" and old is not None and new is not None:
        yield from change_lines(compare(old, new), marks)
    elif one.change == "edited":
        yield Text("  its content is not stored any more", "dim")
    elif one.change != "moved" and (new or old) is not None:
        yield from content_lines(new or old or {}, longest=200, with_values=False)
    if one.twin is not None:
        yield Text(f"  twin {one.twin.hex()[:12]}: curate why {one.twin.hex()[:12]}", "dim")


def _measured(one: "Change") -> str:
    said = [
        f"{rule.rule} {rule.value}" + (f", allowed {rule.limit}" if rule.limit is not None else "")
        for rule in one.failed
        if rule.value is not None
    ]
    return f" ({'; '.join(said)})" if said else ""


def _document(found: "Difference") -> dict[str, Any]:
    from curate.history.document import document

    numbers = {cause.key: number for number, cause in enumerate(found.causes)}
    changes = []
    for one in found.changes():
        row = document(one)
        row["cause"] = numbers[row.pop("key")]
        changes.append(row)
    causes = [{k: v for k, v in document(cause).items() if k != "key"} for cause in found.causes]
    sides = {
        name: {"ref": one.ref, "snapshot": one.snapshot, "recipe_hash": one.recipe_hash}
        for name, one in (("before", found.before), ("after", found.after))
    }
    return sides | {
        "recipe": document(found.recipe),
        "inputs": document(found.inputs),
        "counts": document(found.counts),
        "causes": causes,
        "changes": changes,
    }
