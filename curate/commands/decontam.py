"""`curate decontam REF --against SUITE...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, quiet_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text

    from curate.contamination.check import Check
    from curate.contamination.verdict import Hit
    from curate.history.decontam import Found
    from curate.operators.decontaminate import Decontaminate
    from curate.store import Version

HITS_SHOWN = 20
"""Hits that are shown to a person; --json has more."""

NEAR_SHOWN = 5
"""The same of near misses."""

SPANS_SHOWN = 3
"""Spans of a hit that are shown."""

CONTEXT = 32
"""Characters that are shown on each side of a span."""

LONGEST = 240
"""Characters of a span that are shown."""


@click.command()
@click.argument("ref")
@click.option(
    "--against",
    metavar="SUITE",
    multiple=True,
    required=True,
    help="A suite: the path of its file, or a REF. Several may be given.",
)
@click.option(
    "--rule",
    default="tulu3",
    show_default=True,
    metavar="RULE",
    help="When a record is contaminated: tulu3, gpt3, palm, gpt4 or datatrove.",
)
@click.option("--n", type=int, help="Words that must be equal in a row; by default the rule's.")
@click.option("--share", type=float, help="What a record may have of an instance.")
@click.option("--field", "fields", multiple=True, help="Fields to compare; by default the rule's.")
@click.option("--answers/--no-answers", default=True, help="Whether answers are compared too.")
@click.option("--seed", default=0, help="Draws the substrings of gpt4.")
@store_option
@json_option
@quiet_option
def decontam(
    ref: str,
    against: tuple[str, ...],
    store: Path,
    seed: int,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Say which records of the version REF a test suite has, and which models learned them.

    Nothing is built again: any old version can be checked against a suite of today. The exit code
    is 12 where a record is contaminated.
    """
    from tempfile import TemporaryDirectory

    from curate.build.references import find_reference, read_reference
    from curate.contamination.certificate import notes
    from curate.errors import ContaminatedError
    from curate.history.decontam import decontam as ask
    from curate.listener import listener_for
    from curate.store import Store

    opened = Store.open(store)
    version = opened.version(ref)
    named = [find_reference(text, Path.cwd(), opened, "--against") for text in against]
    progress = listener_for(quiet or as_json)
    with TemporaryDirectory() as folder:
        references = [read_reference(one, Path(folder)) for one in named]
        check = _check(against, settings).with_references(references).check(seed)
        try:
            found = ask(opened, version, check, progress)
            for note in notes(check, found.verdict):
                progress.note(note)
        finally:
            progress.close()
        output = Output(as_json)
        output.emit(_document(version, check, found) if as_json else {})
        _print(version, check, found, output)
    if found.verdict.worst:
        raise ContaminatedError(
            version.ref,
            f"{len(found.verdict.worst):,} records are contaminated",
            "A step `decontaminate` in the recipe drops them.",
        )


def _check(against: "Sequence[str]", settings: "Mapping[str, Any]") -> "Decontaminate":
    """The step that would do the same in a build."""
    from pydantic import ValidationError

    from curate.errors import UsageError
    from curate.operators.decontaminate import Decontaminate

    given = {name: value for name, value in settings.items() if value not in (None, ())}
    try:
        return Decontaminate.model_validate({"against": list(against), **given})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "".join(f"--{part}" for part in first["loc"][:1]).replace("--fields", "--field")
        reason = str(first.get("ctx", {}).get("error") or first["msg"])
        got = f"got {first['input']!r}" if name else "these options do not go together"
        raise UsageError(name or "decontam", got, reason) from None


def _print(version: "Version", check: "Check", found: "Found", output: Output) -> None:
    if output.as_json:
        return
    from rich.text import Text

    verdict = found.verdict
    rule = check.rule
    above = "at least" if rule.reached else "more than"
    limit = f"{above} {rule.share:.0%} of an instance" if rule.share else "any hit"
    head = f"{version.ref}, {rule.name}: {rule.n} {rule.unit}s in a row, {limit}"
    output.line(Text(visible(head), "bold"))
    suites = check.compared()
    columns = ["suite", "questions", "answers", "found"]
    rows = [
        [one["name"], one["questions"], one.get("answers", 0), reached]
        for one, reached in zip(suites, verdict.reached, strict=True)
    ]
    output.table(columns, rows)
    output.line()
    count = f"{len(verdict.worst):,} records contaminated, {verdict.number_near:,} near misses"
    output.line(Text(count, "bold red" if verdict.worst else "bold green"))
    _print_hits(version, check, found, output)
    _print_models(found, output)


def _print_hits(version: "Version", check: "Check", found: "Found", output: Output) -> None:
    from rich.text import Text

    from curate.history.decontam import contents_of

    verdict = found.verdict
    names = [suite.name for suite in check.suites]
    nearest = sorted(verdict.near, key=lambda hit: -hit.share)
    for hits, number, most, what in (
        (verdict.hits, verdict.number_of_hits, HITS_SHOWN, "hits"),
        (nearest, verdict.number_near, NEAR_SHOWN, "near misses"),
    ):
        if hits:
            output.line(Text(f"\n{what}", "bold"))
        contents = contents_of(version, found, hits[:most])
        for hit in hits[:most]:
            for line in _hit_lines(hit, names, contents.get(hit.id)):
                output.line(line)
        if number > most:
            output.line(f"[dim]{number - most:,} more {what}: --json has them[/]")


def _hit_lines(
    hit: "Hit", names: "Sequence[str]", content: "Mapping[str, Any] | None"
) -> "list[Text]":
    from rich.text import Text

    from curate.history.decontam import passages

    head = Text("record ").append(hit.id.hex()[:12], "bold")
    head.append(f"  {hit.share:.1%} of a{'n' * (hit.kind == 'answer')} {hit.kind} of ")
    head.append(visible(names[hit.suite])).append(f", instance {hit.instance.hex()[:12]}", "dim")
    lines = [head]
    if content is None:
        return [head, Text("  its content is not stored any more", "dim")]
    for one in passages(content, hit.spans[:SPANS_SHOWN], CONTEXT):
        line = Text(f"  {one.span.field}  ", "dim")
        text = one.text if len(one.text) <= LONGEST else f"{one.text[:LONGEST]} ... "
        for part, style in ((one.before, ""), (text, "bold yellow"), (one.after, "")):
            marked = f"[{part}]" if style else part
            line.append(visible(marked.replace("\n", "↵ ")), style)
        lines.append(line)
    if len(hit.spans) > SPANS_SHOWN:
        lines.append(Text(f"  and {len(hit.spans) - SPANS_SHOWN} more spans", "dim"))
    return lines


def _print_models(found: "Found", output: Output) -> None:
    from rich.text import Text

    if found.learned:
        output.line()
    for one in found.learned:
        run = one.given.run
        verb = "learned by" if run.kind == "train" else "measured by"
        line = Text(f"{one.records:,} {verb} ", "magenta").append(visible(run.run), "bold magenta")
        line.append(visible(f"  {run.method} of {run.model}, {run.status}"), "default")
        output.line(line)
        for heir in one.given.heirs:
            output.line(Text(visible(f"  passed on to {heir.run}  {heir.method}"), "magenta"))
        for score in one.given.scores:
            output.line(Text(visible(f"  {score.task} {score.metric} {score.value:g}")))


def _document(version: "Version", check: "Check", found: "Found") -> dict[str, Any]:
    from curate.contamination.certificate import document, notes
    from curate.history.document import document as plain

    told = document(check, found.verdict)
    for name, hits in (
        ("hits_listed", found.verdict.hits),
        ("near_misses_listed", found.verdict.near),
    ):
        _add_texts(told[name], version, found, hits)
    runs = [{"records": one.records, **plain(one.given)} for one in found.learned]
    return {"version": version.ref, **told, "notes": notes(check, found.verdict), "runs": runs}


def _add_texts(
    told: list[dict[str, Any]], version: "Version", found: "Found", hits: "Sequence[Hit]"
) -> None:
    """Put the text of each span beside it, where it is stored."""
    from curate.history.decontam import contents_of, passages

    contents = contents_of(version, found, hits)
    for one, hit in zip(told, hits, strict=True):
        if hit.id in contents:
            for span, passage in zip(
                one["spans"], passages(contents[hit.id], hit.spans, 0), strict=True
            ):
                span["text"] = passage.text
