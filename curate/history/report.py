"""A difference as a page for a terminal, part by part. Nothing here prints."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curate.history.causes import (
    SIGNS,
    STYLES,
    ChangeKind,
    rule_words,
    setting_value,
    setting_words,
)
from curate.history.condition import Verdict
from curate.history.difference import Change, Difference
from curate.history.examples import Example, examples
from curate.history.page import change_lines, content_lines
from curate.history.recipes import PartChange, RecipeChange
from curate.history.report_slices import bare_table, percent
from curate.output import visible
from curate.store import Version

if TYPE_CHECKING:
    from rich.console import RenderableType


def head(found: Difference) -> Iterator["RenderableType"]:
    """The two versions, and what differs in recipe and input."""
    from rich.text import Text

    for sign, version, style in (("-", found.before, "red"), ("+", found.after, "green")):
        yield Text(f"{sign} {described(version)}", f"bold {style}")
    yield from (Text(line) for line in recipe_lines(found.recipe))
    for one in found.inputs:
        sides = (one.records_before, one.records_after)
        counts = " -> ".join(f"{side:,}" for side in sides if side is not None) + " records"
        yield Text(visible(f"  input {one.source}/{one.file} {one.state}: {counts}"))


def described(version: Version) -> str:
    """A version in a line."""
    time = f"{version.created:%Y-%m-%d %H:%M}"
    return f"{version.ref}  snapshot {version.snapshot[:12]}  {time}"


def recipe_lines(change: RecipeChange) -> Iterator[str]:
    """What differs between two recipes, a line each."""
    for setting in change.settings:
        yield visible(f"  {setting_words(setting)}")
    for what, parts in (("source", change.sources), ("step", change.steps)):
        for part in parts:
            told = list(_part_words(part))
            words = f": {', '.join(told)}" if told else ""
            yield visible(f"  {what} {part.name} {part.state}{words}")


def _part_words(part: PartChange) -> Iterator[str]:
    for one in part.settings:
        if part.state == "changed":
            yield setting_words(one)
        elif one.after not in (None, [], ""):
            yield f"{one.name} {setting_value(one.after)}"
    for rule in part.rules:
        yield from rule_words(rule)
    if part.by_version and not part.rules:
        yield "its version or files, not its settings"


def causes(found: Difference) -> Iterator["RenderableType"]:
    """How many records changed, and why."""
    from rich.text import Text

    before, after = found.counts[0].before, found.counts[0].after
    yield Text(f"records  {_sides(before, after)}", "bold")
    if not found.causes:
        yield Text("No record differs.")
        return
    table = bare_table(4)
    table.columns[0].justify = "right"
    for one in found.causes:
        style = STYLES[one.change]
        number = Text(f"{SIGNS[one.change]} {one.number:,}", style)
        why = Text(visible(one.why), "dim")
        table.add_row(number, Text(one.change, style), Text(visible(one.what)), why)
    yield table


def _sides(before: int, after: int) -> str:
    if before == after:
        return f"{before:,}"
    return f"{before:,} -> {after:,}  {after - before:+,}, {percent(before, after)}"


def records(
    found: Difference, kind: ChangeKind, limit: int | None, marks: bool
) -> Iterator["RenderableType"]:
    """Records of one kind of change, those of different causes first."""
    chosen = examples(found, kind, limit)
    if not chosen:
        return
    total = found.number(kind)
    shown = "" if len(chosen) == total else f", {len(chosen):,} shown"
    yield f"[bold {STYLES[kind]}]{kind}[/]  [dim]{total:,}{shown}[/]"
    for one in chosen:
        yield from _record(one, marks)


def _record(one: Example, marks: bool) -> Iterator["RenderableType"]:
    from rich.text import Text

    change = one.change
    copy = f" copy {change.copy}" if change.copy else ""
    line = Text(f"{SIGNS[change.change]} {change.id.hex()[:12]}{copy}", STYLES[change.change])
    line.append(visible(f"  {change.source}/{change.file}:{change.line}"), "dim")
    yield line.append(visible(f"  {one.cause.what}{measured_words(change)}"))
    if one.words is not None:
        yield from change_lines(one.words, marks)
    elif change.change == "edited" or one.content is None:
        yield Text("  its content is not stored any more", "dim")
    elif change.change != "moved":
        yield from content_lines(one.content, longest=200, with_values=False)
    if change.twin is not None:
        twin = change.twin.hex()[:12]
        yield Text(f"  twin {twin}: curate why {twin}", "dim")


def measured_words(change: Change) -> str:
    """What the rules measured that dropped a record, and what they allow."""
    said = [
        f"{rule.rule} {rule.value}" + (f", allowed {rule.limit}" if rule.limit is not None else "")
        for rule in change.failed
        if rule.value is not None
    ]
    return f" ({'; '.join(said)})" if said else ""


def verdicts(found: Sequence[Verdict]) -> Iterator["RenderableType"]:
    """Which conditions hold, with their figures."""
    from rich.text import Text

    for one in found:
        state = Text("  holds ", "bold red") if one.holds else Text("  ok    ", "green")
        yield state.append(visible(f"{one.condition}  "), "default").append(
            visible(one.words), "dim"
        )
