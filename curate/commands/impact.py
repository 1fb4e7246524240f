"""`curate impact ID...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.tree import Tree

    from curate.history.impact import Given, Held, Impact
    from curate.store import Run, Version

KIN_SHOWN = 10
"""Relatives that are listed for a person; --json has all."""


@click.command()
@click.argument("records", metavar="ID|REF...", nargs=-1, required=True)
@store_option
@json_option
def impact(records: tuple[str, ...], store: Path, as_json: bool) -> None:
    """Say which versions and tags hold records, and which runs and models learned them.

    ID is the beginning of a record's id (6 digits or more), or the place where it was read:
    tickets.jsonl:17. The same is said of its twins, and of records made of it. A REF asks for all
    records of a version, or of its split.
    """
    from curate.errors import NotFoundError, UsageError
    from curate.history.impact import impact as ask
    from curate.history.impact import impact_of_version
    from curate.history.lookup import find_record
    from curate.store import Store
    from curate.store.catalog import reading_once

    opened = Store.open(store)
    versions: list[Version] = []
    output = Output(as_json)
    documents: list[dict[str, Any]] = []
    for text in records:
        try:
            with reading_once(opened.folder):
                versions = versions or opened.versions()
                found = ask(opened, find_record(opened, text, versions), versions)
            documents.append(_document(found))
            _print(found, output)
        except (NotFoundError, UsageError) as not_a_record:
            try:
                version = opened.version(text)
            except (NotFoundError, UsageError) as not_a_version:
                meant = "@" in text and isinstance(not_a_record, UsageError)
                raise (not_a_version if meant else not_a_record) from None
            held, runs = impact_of_version(opened, version)
            documents.append({"version": version.ref, **_both([held], runs)})
            _print_version(version.ref, held, runs, output)
    output.emit(documents)


def _print(found: "Impact", output: Output) -> None:
    if output.as_json:
        return
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(f"record {found.id.hex()}", "bold"))
    _grow(tree, found.held, found.runs)
    for kin in found.kin[:KIN_SHOWN]:
        branch = tree.add(Text(f"{kin.relation}: ").append(kin.id.hex()[:12], "bold"))
        _grow(branch, kin.held, kin.runs)
    rest = max(0, len(found.kin) - KIN_SHOWN) + found.more_kin
    if rest:
        tree.add(Text(f"{rest:,} more twins and children: --json has them", "dim"))
    output.line(tree)


def _print_version(ref: str, held: "Held", runs: "Iterable[Given]", output: Output) -> None:
    if output.as_json:
        return
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(visible(f"version {ref}"), "bold"))
    _grow(tree, [held], runs)
    output.line(tree)


def _grow(tree: "Tree", held: "Iterable[Held]", runs: "Iterable[Given]") -> None:
    from rich.text import Text

    versions = list(held)
    for one in versions:
        tree.add(Text(visible(_held(one)), "green"))
    if not versions:
        tree.add(Text("in no version", "dim"))
    for given in runs:
        branch = tree.add(_run(given.run, given.excluded))
        for score in given.scores:
            if score.run == given.run.run:
                branch.add(Text(visible(f"{score.task} {score.metric} {score.value:g}")))
        for heir in given.heirs:
            node = branch.add(Text("passed on to ", "magenta").append(_run(heir, False)))
            for score in given.scores:
                if score.run == heir.run:
                    node.add(Text(visible(f"{score.task} {score.metric} {score.value:g}")))


def _held(one: "Held") -> str:
    first, last = one.versions[0], one.versions[-1]
    name = f"{one.dataset}@{first}" + (f" to @{last}" if last != first else "")
    splits = ", ".join(sorted({copy.split for copy in one.copies}))
    many = f", {len(one.copies)} copies" if len(one.copies) > 1 else ""
    tags = f"  tags {', '.join(one.tags)}" if one.tags else ""
    snapshot = f"  snapshot {one.snapshots[0][:12]}" if len(one.snapshots) == 1 else ""
    return f"{name}" + (f"  split {splits}{many}" if splits else "") + snapshot + tags


def _run(run: "Run", excluded: bool) -> Any:
    from rich.text import Text

    verb = "learned by " if run.kind == "train" else "measured by "
    line = Text("left out by " if excluded else verb, "dim" if excluded else "magenta")
    line.append(visible(run.run), "bold")
    line.append(visible(f"  {run.method} of {run.model}, {run.status}"))
    if run.kind == "train" and run.output_hash:
        line.append(visible(f"  -> {run.output} ({run.output_hash[:12]})"))
    return line


def _document(found: "Impact") -> dict[str, Any]:
    kin = [
        {"id": one.id, "relation": one.relation, **_both(one.held, one.runs)} for one in found.kin
    ]
    own = _both(found.held, found.runs)
    return {"id": found.id, **own, "kin": kin, "more_kin": found.more_kin}


def _both(held: "Iterable[Held]", runs: "Iterable[Given]") -> dict[str, Any]:
    from curate.history.document import document

    given = [
        _facts(one.run)
        | {"excluded": one.excluded, "heirs": [_facts(heir) for heir in one.heirs]}
        | {"scores": document(one.scores)}
        for one in runs
    ]
    return {"versions": [document(one) for one in held], "runs": given}


def _facts(run: "Run") -> dict[str, Any]:
    names = ("run", "kind", "method", "dataset", "version", "split", "model", "status", "started")
    return {name: getattr(run, name) for name in (*names, "output", "output_hash")}
