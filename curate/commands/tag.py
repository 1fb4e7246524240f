"""`curate tag [NAME REF]`."""

from pathlib import Path

import click

from curate.output import Output, json_option, store_option


@click.command()
@click.argument("name", required=False)
@click.argument("ref", required=False)
@click.option("--move", is_flag=True, help="Let an existing tag name another version.")
@click.option("--delete", is_flag=True, help="Delete the tag; the version stays.")
@store_option
@json_option
def tag(
    name: str | None, ref: str | None, move: bool, delete: bool, store: Path, as_json: bool
) -> None:
    """Name the version REF, or list the names: `curate tag golden support-sft@3`."""
    from curate.errors import UsageError
    from curate.store import Store

    opened = Store.open(store)
    output = Output(as_json)
    if name is None:
        if move or delete:
            raise UsageError("tag", "no NAME", "Write `curate tag NAME REF --move`, or --delete.")
        tags = opened.tags()
        output.emit(tags)
        if not tags:
            output.line("No tags. Name a version by `curate tag NAME REF`.")
            return
        rows = [
            [one["tag"], f"{one['dataset']}@{one['version']}", f"{one['created']:%Y-%m-%d %H:%M}"]
            for one in tags
        ]
        output.table(["tag", "version", "created"], rows)
    elif delete:
        if ref is not None:
            raise UsageError("--delete", f"got the REF {ref!r} beside it", "Give the tag alone.")
        opened.untag(name)
        output.emit({"tag": name, "version": None})
        output.line(f"{name} is deleted")
    elif ref is None:
        raise UsageError(f"tag {name!r}", "no REF", "Write `curate tag NAME REF`.")
    else:
        version = opened.tag(name, ref, move=move)
        output.emit({"tag": name, "version": version.ref, "snapshot": version.snapshot})
        output.line(f"{name} names {version.dataset}@{version.number}")
