"""`curate tag [NAME REF]`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, store_option

if TYPE_CHECKING:
    from curate.store import Store


@click.command()
@click.argument("name", required=False)
@click.argument("ref", required=False)
@click.option("-m", "--message", "note", metavar="TEXT", help="Say what the tag is for.")
@click.option("--move", is_flag=True, help="Let an existing tag name another version.")
@click.option("--rename", "new_name", metavar="NEW", help="Give the tag another name.")
@click.option("--delete", is_flag=True, help="Delete the tag; the version stays.")
@store_option
@json_option
def tag(
    name: str | None,
    ref: str | None,
    note: str | None,
    move: bool,
    new_name: str | None,
    delete: bool,
    store: Path,
    as_json: bool,
) -> None:
    """Name the version REF, or list the names: `curate tag golden support-sft@3`.

    gc never drops a version that has a name.
    """
    from curate.errors import UsageError
    from curate.store import Store

    opened = Store.open(store)
    output = Output(as_json)
    if name is None:
        if move or delete or new_name or note is not None:
            raise UsageError("tag", "no NAME", "Write `curate tag NAME REF --move`, or --delete.")
        _list(opened, output)
        return
    _check_single(ref, note, move, new_name, delete)
    if delete:
        opened.untag(name)
        output.emit({"tag": name, "version": None})
        output.line(f"{name} is deleted")
    elif new_name is not None:
        opened.rename_tag(name, new_name)
        output.emit({"tag": new_name, "version": opened.version(new_name).ref})
        output.line(f"{name} is now called {new_name}")
    else:
        # A note alone is for the version that the tag names already.
        version = opened.tag(name, ref or _named(opened, name, note), move=move, note=note)
        output.emit({"tag": name, "version": version.ref, "snapshot": version.snapshot})
        output.line(f"{name} names {version.dataset}@{version.number}")


def _list(store: "Store", output: Output) -> None:
    tags = store.tags()
    output.emit(tags)
    if not tags:
        output.line("No tags. Name a version by `curate tag NAME REF`.")
        return
    rows = [
        [
            one["tag"],
            f"{one['dataset']}@{one['version']}",
            f"{one['created']:%Y-%m-%d %H:%M}",
            one["note"],
        ]
        for one in tags
    ]
    output.table(["tag", "version", "created", "note"], rows, prose=True)


def _check_single(
    ref: str | None, note: str | None, move: bool, new_name: str | None, delete: bool
) -> None:
    from curate.errors import UsageError

    alone = "--delete" if delete else "--rename"
    if delete and new_name is not None:
        raise UsageError("--delete", "got --rename beside it", "Ask for one at a time.")
    if (delete or new_name is not None) and (ref is not None or note is not None or move):
        found = f"the REF {ref!r}" if ref is not None else "another option"
        raise UsageError(alone, f"got {found} beside it", "Give the tag alone.")


def _named(store: "Store", name: str, note: str | None) -> str:
    from curate.errors import UsageError

    if note is not None:
        for one in store.tags():
            if one["tag"] == name:
                return f"{one['dataset']}@{one['version']}"
    raise UsageError(f"tag {name!r}", "no REF", "Write `curate tag NAME REF`.")
