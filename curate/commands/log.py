"""`curate log [DATASET]`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option

if TYPE_CHECKING:
    from datetime import datetime

    from curate.store import Store, Version

MINUTE, HOUR, DAY = 60, 3600, 86_400


@click.command()
@click.argument("dataset", required=False)
@store_option
@json_option
def log(dataset: str | None, store: Path, as_json: bool) -> None:
    """List the versions of all datasets, or of DATASET, the newest first.

    The columns + - ~ > count members that were added, removed, edited and moved to another split
    since the version before.
    """
    from curate.store import Store

    opened = Store.open(store)
    output = Output(as_json)
    rows = _rows(opened, opened.versions(dataset))
    output.emit(rows)
    if not rows:
        output.line("No versions yet. Make one by `curate build RECIPE`.")
        return
    columns = ["version", "snapshot", "records", "+", "-", "~", ">", "dropped", "built", "", "tags"]
    shown = [
        [
            row["version"],
            row["snapshot"][:12],
            *(row[name] for name in ("records", "added", "removed", "edited", "moved", "dropped")),
            f"{row['created'].astimezone():%Y-%m-%d %H:%M}",
            ago(row["created"]),
            " ".join(
                [
                    *row["tags"],
                    *([f"({row['runs']} run{'s' * (row['runs'] != 1)})"] if row["runs"] else []),
                ]
            ),
        ]
        for row in rows
    ]
    output.table(columns, shown)


def _rows(store: "Store", versions: "list[Version]") -> list[dict[str, Any]]:
    """What is told of each version, by dataset, newest first."""
    from collections import Counter
    from datetime import UTC
    from itertools import groupby

    from curate.history.log import Changed, changed_since_parent

    tags = store.tags()
    runs = Counter((run.dataset, run.version) for run in store.runs())
    rows = []
    for name, group in groupby(versions, key=lambda version: version.dataset):
        own = list(group)
        changed = changed_since_parent(own)
        rows += [
            {
                "version": one.ref,
                "snapshot": one.snapshot,
                "records": one.records,
                **changed.get(one.number, Changed())._asdict(),
                "dropped": one.dropped,
                "quarantined": one.quarantined,
                "created": one.created.replace(tzinfo=one.created.tzinfo or UTC),
                "tags": [
                    tag["tag"]
                    for tag in tags
                    if (tag["dataset"], tag["version"]) == (name, one.number)
                ],
                "runs": runs[name, one.number],
            }
            for one in reversed(own)
        ]
    return rows


def ago(then: "datetime") -> str:
    """How long ago a time was, in its largest unit.

    >>> from datetime import UTC, datetime, timedelta
    >>> ago(datetime.now(UTC) - timedelta(minutes=5))
    '5 minutes ago'
    """
    from datetime import datetime

    seconds = (datetime.now(then.tzinfo) - then).total_seconds()
    for size, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'s' * (number > 1)} ago"
    return "just now"
