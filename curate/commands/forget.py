"""`curate forget`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, quiet_option, store_option, visible, wait_option

if TYPE_CHECKING:
    from curate.listener import BarListener, PlainListener
    from curate.store import Store
    from curate.upkeep.forget import Erasure
    from curate.upkeep.holders import Asked

    Listener = PlainListener | BarListener

SHOWN = 10
"""Rows of a long list that are shown to a person; --json has all."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--source", metavar="NAME", help="All records of a source, and its bad lines.")
@click.option("--where", metavar="CONDITION", help="All records that fit, as of the view records.")
@click.option("--reason", help="Why, such as the number of a request; kept in the catalog.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@wait_option
@quiet_option
@store_option
@json_option
def forget(
    ids: tuple[str, ...],
    source: str | None,
    where: str | None,
    reason: str | None,
    dry_run: bool,
    yes: bool,
    wait: float,
    quiet: bool,
    store: Path,
    as_json: bool,
) -> None:
    """Erase the contents of records for good, wherever this store holds them.

    ID is the beginning of a record's id. Records that say the same, and those made of them, go
    too. Ids stay in old versions, whose contents are then called erased; later builds leave such
    records out. Exports, backups and trained models cannot be reached: the models are listed.
    """
    from dataclasses import asdict

    from curate.errors import UsageError
    from curate.listener import listener_for
    from curate.store import Store
    from curate.upkeep.forget import forget as erase
    from curate.upkeep.holders import Asked, refuse_nothing

    asked = Asked(ids, source, where)
    refuse_nothing(asked)
    if reason is None and not dry_run:
        right = "Say why: it is kept in the catalog. Or ask --dry-run what would go."
        raise UsageError("forget", "no --reason", right)
    opened, output = Store.open(store), Output(as_json)
    listener = listener_for(quiet or as_json)
    try:
        if (dry_run or not yes) and not _goes_on(opened, asked, dry_run, output, listener):
            return
        done = erase(opened, asked, reason or "", wait, listener)
    finally:
        listener.close()
    output.emit({"done": True, **asdict(done)})
    _print_done(output, done, told=not yes)


def _goes_on(
    store: "Store", asked: "Asked", dry_run: bool, output: Output, listener: "Listener"
) -> bool:
    """Tell what would go; ask whether to go on, unless that is all that was wanted."""
    from dataclasses import asdict

    from curate.upkeep.forget import plan_erasure

    planned = plan_erasure(store, asked, listener)
    listener.close()
    if dry_run:
        output.emit({"done": False, **asdict(planned)})
    _print(output, planned)
    if dry_run:
        output.line("Nothing was changed.")
        return False
    _confirm(planned)
    return True


def _print_done(output: Output, done: "Erasure", told: bool) -> None:
    if not told:
        _print(output, done)
    changed = ", ".join(f"{kind} {number:,}" for kind, number in done.rows.items())
    output.line(f"[bold]erased[/]; rows removed: {changed or 'none'}; caches and streams deleted")
    output.line("Not reached: exports, backups, the sources themselves, and the models above.")


def _confirm(planned: "Erasure") -> None:
    number = len(planned.records)
    question = f"Erase the contents of {_records(number)} for good?"
    click.confirm(question, abort=True, err=True)


def _print(output: Output, found: "Erasure") -> None:
    from collections import Counter

    from rich.text import Text

    how = Counter(found.records.values())
    words = {"asked": "asked for", "twin": "saying the same", "child": "made of them"}
    listed = ", ".join(f"{number:,} {words[kind]}" for kind, number in how.items())
    output.line(f"[bold]{_records(len(found.records))}[/] ({listed}), {found.contents:,} contents")
    for id_, kind in list(found.records.items())[:SHOWN]:
        output.line(f"  {id_}  {words[kind]}")
    _print_rest(output, len(found.records))
    refs = [f"{ref} ({number:,})" for ref, number in found.versions.items()]
    more = f" and {len(refs) - SHOWN:,} more" * (len(refs) > SHOWN)
    output.line(Text(visible(f"members of {', '.join(refs[:SHOWN]) or 'no version'}{more}")))
    if found.tags:
        output.line(Text(visible(f"tags: {', '.join(found.tags)}")))
    if found.runs:
        output.line("[bold]models that learned from them[/] (they do not forget):")
        rows = [
            [
                run.run,
                f"{run.dataset}@{run.version}:{run.split}",
                run.records or None,
                run.started_from,
                run.output,
            ]
            for run in found.runs
        ]
        output.table(["run", "trained on", "of these", "started from", "model"], rows)
    if found.similar:
        shown = ", ".join(id_[:12] for id_ in found.similar[:SHOWN])
        output.line(
            f"{len(found.similar):,} records that a step found alike stay: {shown}. "
            "`curate why ID` shows them."
        )


def _records(number: int) -> str:
    return f"{number:,} record{'s' * (number != 1)}"


def _print_rest(output: Output, number: int) -> None:
    if number > SHOWN:
        output.line(f"[dim]  {number - SHOWN:,} more: --json[/]")
