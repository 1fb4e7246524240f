"""`curate why ID`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.decision import CONTAMINATED, NO_TWIN
from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType
    from rich.text import Text

    from curate.history.lookup import BadLine
    from curate.history.why import Decision, Life, Story
    from curate.store import Run

STYLES = {
    "keep": "dim",
    "drop": "red",
    "edit": "yellow",
    "flag": "magenta",
    "split": "cyan",
    "copy": "cyan",
    "add": "green",
}
TWINS_SHOWN = 5

SPANS_SHOWN = 5
"""Replaced stretches of a text that are shown."""


@click.command()
@click.argument("record", metavar="ID")
@click.option("--at", "ref", metavar="REF", help="Only in this version.")
@click.option("--find", "by_text", is_flag=True, help="ID is a text that the record holds.")
@store_option
@json_option
def why(record: str, ref: str | None, by_text: bool, store: Path, as_json: bool) -> None:
    """Tell the story of one record in every version: what was decided, changed and learned.

    ID is the beginning of a record's id (6 digits or more), or the place where it was read:
    tickets.jsonl:17, with or without its source before it. A line that could not be read is found
    by its place.
    """
    from curate.history import find, find_text
    from curate.history import why as tell
    from curate.store import Store
    from curate.store.catalog import reading_once
    from curate.store.tombstones import Tombstones

    opened = Store.open(store)
    output = Output(as_json)
    with reading_once(opened.folder):
        versions = [opened.version(ref)] if ref else opened.versions()
        found = find(opened, record, versions) if not by_text else None
        known = found.id if found is not None else find_text(opened, record, versions)
        if known is not None:
            life = tell(opened, known, versions)
            erased = Tombstones.load(opened).is_erased(known)
    if known is None:
        _print_bad(found.bad if found is not None else (), output)
        return
    if as_json:
        output.emit(_document(life) | {"erased": erased})
        return
    if erased:
        output.line("[bold]its contents were erased[/], on purpose: `curate forget`")
    for line in _lines(life, output.console.no_color or not output.console.is_terminal):
        output.line(line)


def _print_bad(bad: "tuple[BadLine, ...]", output: Output) -> None:
    from rich.text import Text

    from curate.history.document import document

    output.emit({"quarantine": [document(one) | {"raw": _raw(one)} for one in bad]})
    for one in bad:
        output.line(Text(visible(f"{one.source}/{one.file}:{one.line}"), "bold"))
        output.line(Text(visible(f"  {one.ref}: could not be a record: {one.reason}")))
        output.line(Text(visible(f"  {_raw(one)[:600]}"), "dim"))


def _raw(one: "BadLine") -> str:
    return one.raw.decode("utf-8", "replace")


def _lines(life: "Life", marks: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    from curate.history.page import content_lines

    yield Text(f"record {life.id.hex()}", "bold")
    content = life.newest_content()
    yield from content_lines(content, longest=400) if content is not None else ()
    for earlier, story in zip([None, *life.stories], life.stories, strict=False):
        yield Text()
        yield _head(story)
        how = "read" if story.made() is None else "parent read"
        yield Text(visible(f"  {how:<14}  {story.source}/{story.file}:{story.line}"), "dim")
        yield from _read_otherwise(life, earlier, story, marks)
        # Each rule of an edit has a row; what all of them changed in a text stands below the last.
        last = {(one.step, one.field): n for n, one in enumerate(story.decisions)}
        for number, decision in enumerate(story.decisions):
            yield _decided(decision)
            yield from _scrubbed(decision)
            if last[decision.step, decision.field] == number:
                yield from _edited(life, decision, marks)
        yield from _kept_by(story)
        yield from _ending(story)


def _head(story: "Story") -> "Text":
    from rich.text import Text

    first, last = story.versions[0], story.versions[-1]
    name = f"{story.dataset}@{first}" + (f" to @{last}" if last != first else "")
    head = Text(name, "bold")
    if not story.members:
        return head.append("  not a member", "red")
    splits = ", ".join(sorted({one.split for one in story.members}))
    copies = f", {len(story.members)} copies" if len(story.members) > 1 else ""
    return head.append(f"  a member, split {visible(splits)}{copies}", "green")


def _read_otherwise(
    life: "Life", earlier: "Story | None", story: "Story", marks: bool
) -> "Iterator[RenderableType]":
    """What the source said otherwise than for the version before."""
    from curate.history.page import change_lines
    from curate.history.words import compare

    if earlier is None or earlier.dataset != story.dataset:
        return
    before, after = (life.contents.get(one.read_hash() or b"") for one in (earlier, story))
    if before is not None and after is not None and before != after:
        yield from change_lines(compare(before, after), marks, indent=6)


def _decided(decision: "Decision") -> "Text":
    from rich.text import Text

    line = Text(f"  {visible(decision.step):<14}  ")
    line.append(decision.action, STYLES.get(decision.action, ""))
    if decision.rule is not None:
        line.append(f"  {visible(decision.rule)}")
    if decision.field is not None:
        line.append(f"  {visible(decision.field)}", "dim")
    if decision.value is not None:
        line.append(f"  {visible(decision.value)}")
    if decision.limit is not None:
        line.append(f", allowed {visible(decision.limit)}")
    if decision.of is not None:
        what = "made of" if decision.action == "add" else "kept instead:"
        what = "for its likeness to" if decision.action in {"edit", "flag"} else what
        if decision.rule in NO_TWIN:
            what = "test instance" if decision.rule == CONTAMINATED else "prompt of"
        line.append(f"  {what} {decision.of.hex()[:12]}", "dim")
    return line


def _replaced(decision: "Decision") -> "list[Mapping[str, Any]]":
    """The spans of what a step found, to scrub or to tell."""
    return [span for span in decision.spans or () if span["detector"] is not None]


def _scrubbed(decision: "Decision") -> "Iterator[RenderableType]":
    """What was replaced by what; what was there is not kept."""
    from rich.text import Text

    spans = _replaced(decision)
    for span in spans[:SPANS_SHOWN]:
        size, put = span["end"] - span["start"], span["surrogate"]
        state = "left as they are" if put is None else "now "
        line = Text(f"      at {span['start']}: {size} characters are {state}", "dim")
        if put is not None:
            line.append(visible(put) or "nothing", "yellow")
        score = "" if span["score"] is None else f", score {span['score']:.2g}"
        yield line.append(visible(f"  ({span['detector']}{score})"), "dim")
    if len(spans) > SPANS_SHOWN:
        yield Text(f"      and {len(spans) - SPANS_SHOWN} more", "dim")


def _edited(life: "Life", decision: "Decision", marks: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    from curate.history.page import change_lines
    from curate.history.words import ContentChange

    if decision.action != "edit":
        return
    change = life.edit(decision)
    if change is None:
        if not _replaced(decision):
            never = decision.before is None
            why_not = "what it changed held what was then scrubbed, and was never stored"
            yield Text(f"      {why_not if never else 'its content is not stored any more'}", "dim")
        return
    # One row a text; an edit of several texts has as many rows, with the same two contents.
    texts = tuple(text for text in change.texts if text.place == decision.field)
    yield from change_lines(ContentChange(texts, ()), marks, indent=6)


def _kept_by(story: "Story") -> "Iterator[RenderableType]":
    """What would have kept a record that was dropped, and the steps that it never came to."""
    from rich.text import Text

    from curate.history.page import indented

    for one in story.remedies:
        line = Text("kept by  " if one == story.remedies[0] else "and by   ", "green")
        line.append(visible(f"{one.step} {one.rule or ''}: {one.change or 'nothing'}"), "default")
        yield indented(line, 6)
    if story.remedies and story.never_reached:
        steps = ", ".join(story.never_reached)
        yield indented(Text(visible(f"never came to {steps}, which may drop it too"), "dim"), 6)


def _ending(story: "Story") -> "Iterator[RenderableType]":
    from rich.text import Text

    if story.twins:
        shown = ", ".join(one.hex()[:12] for one in story.twins[:TWINS_SHOWN])
        more = (
            f" and {len(story.twins) - TWINS_SHOWN} more" if len(story.twins) > TWINS_SHOWN else ""
        )
        yield Text(f"  stands for {shown}{more}", "dim")
    for is_member, what in ((True, "made of it"), (False, "made of it, and rejected or dropped")):
        own = [one for one in story.children if one.is_member == is_member]
        if own:
            listed = ", ".join(f"{one.id.hex()[:12]} ({one.maker})" for one in own[:TWINS_SHOWN])
            rest = f" and {len(own) - TWINS_SHOWN} more" if len(own) > TWINS_SHOWN else ""
            yield Text(visible(f"  {what}: {listed}{rest}"), "green" if is_member else "dim")
    for run in story.runs:
        verb = "learned by" if run.kind == "train" else "measured by"
        line = Text(f"  {verb} ", "magenta").append(visible(run.run), "bold magenta")
        yield line.append(visible(f"  {run.method} of {run.model}, {run.status}"))
    for run in story.heirs:
        line = Text("  passed on to ", "magenta").append(visible(run.run), "bold magenta")
        yield line.append(visible(f"  {run.method} of {run.model}, {run.status}"))


def _document(life: "Life") -> dict[str, Any]:
    from curate.history.document import document

    stories = []
    for story in life.stories:
        row = document(story._replace(runs=(), heirs=()))
        row["runs"] = [_run(run) for run in story.runs]
        row["heirs"] = [_run(run) for run in story.heirs]
        for told, decision in zip(row["decisions"], story.decisions, strict=True):
            change = life.edit(decision) if decision.action == "edit" else None
            told["changes"] = None if change is None else document(change)
        stories.append(row)
    return {"id": life.id, "content": document(life.newest_content()), "stories": stories}


def _run(run: "Run") -> dict[str, Any]:
    names = ("run", "kind", "method", "model", "split", "status", "started")
    return {name: getattr(run, name) for name in names}
