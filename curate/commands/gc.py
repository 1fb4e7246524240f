"""`curate gc`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, quiet_option, store_option, visible, wait_option

if TYPE_CHECKING:
    from curate.upkeep.gc import Collected

REFS_SHOWN = 10


@click.command()
@click.option("--drop", "refs", multiple=True, metavar="REF", help="Drop this version, dataset@N.")
@click.option("--drop-dataset", "datasets", multiple=True, metavar="NAME", help="Drop a dataset.")
@click.option("--keep", type=click.IntRange(1), help="Drop all but so many of each dataset.")
@click.option("--force", is_flag=True, help="Drop also what a run was trained on.")
@click.option("--cache", is_flag=True, help="Delete also what builds keep; the next one is slow.")
@click.option("--grace", type=click.FloatRange(0), help="Minutes that replaced files stay: 15.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
@wait_option
@quiet_option
@store_option
@json_option
def gc(
    refs: tuple[str, ...],
    datasets: tuple[str, ...],
    keep: int | None,
    force: bool,
    cache: bool,
    grace: float | None,
    dry_run: bool,
    wait: float,
    quiet: bool,
    store: Path,
    as_json: bool,
) -> None:
    """Free the space that no version, tag or run needs; drop versions.

    Without --drop, --drop-dataset and --keep every version stays. One that a tag names, or that a
    run was given, is protected. Replaced files stay some minutes for those who are reading them.
    """
    from dataclasses import asdict
    from datetime import timedelta

    from curate.listener import listener_for
    from curate.store import Store
    from curate.store.leftovers import GRACE
    from curate.upkeep.dropping import Drop
    from curate.upkeep.gc import collect, plan_collection

    opened, output = Store.open(store), Output(as_json)
    drop = Drop(refs, datasets, keep, force)
    if dry_run:
        found = plan_collection(opened, drop, cache)
    else:
        stay = GRACE if grace is None else timedelta(minutes=grace)
        listener = listener_for(quiet or as_json)
        try:
            found = collect(opened, drop, cache, stay, wait, listener)
        finally:
            listener.close()
    output.emit({"done": not dry_run, **asdict(found)})
    _print(output, found, dry_run)


def _print(output: Output, found: "Collected", dry_run: bool) -> None:
    from rich.text import Text

    if found.dropped:
        more = len(found.dropped) - REFS_SHOWN
        shown = ", ".join(found.dropped[:REFS_SHOWN]) + f" and {more} more" * (more > 0)
        output.line(Text(visible(f"dropped: {shown}"), "bold"))
    for ref, reason in found.protected.items():
        output.line(Text(visible(f"{ref} stays: it is {reason}"), "dim"))
    rows = [
        [
            kind,
            number,
            size,
            found.rows.get(kind),
            *(found.written.get(kind, (0, 0)) if not dry_run else ()),
        ]
        for kind, (number, size) in found.replaced.items()
    ]
    columns = ["kind", "files that go", "bytes", "rows not needed"]
    if rows:
        output.table([*columns, *(["new files", "new bytes"] if not dry_run else [])], rows)
    files, size = found.leftovers
    if files:
        output.line(f"{files:,} files left over, {size:,} bytes")
    for name, kept in found.kept.items():
        output.line(f"{name}: {kept:,} bytes")
    if dry_run:
        output.line("Nothing was changed.")
    elif found.later:
        output.line(
            f"{found.later:,} bytes stay for commands that are reading them; the next build or gc "
            "after the grace deletes them (--grace 0 at once)"
        )
    if not (rows or files or found.kept or found.dropped):
        output.line("Nothing to free.")
