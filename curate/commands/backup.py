"""`curate backup DIR`."""

from pathlib import Path

import click

from curate.output import Output, json_option, quiet_option, store_option, visible


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--copy", "copies", is_flag=True, help="Link nothing, also on the same disk.")
@quiet_option
@store_option
@json_option
def backup(folder: Path, copies: bool, quiet: bool, store: Path, as_json: bool) -> None:
    """Copy the store to DIR, or bring an earlier backup there up to date; builds may go on.

    Only new files are copied; on the same disk they are linked, take no space,
    and fail with that disk. Every new file
    is compared with its SHA-256. What was erased or dropped from the store leaves the backup too.
    """
    from rich.text import Text

    from curate.listener import listener_for
    from curate.store import Store
    from curate.upkeep.backup import backup as copy

    opened = Store.open(store)
    output = Output(as_json)
    listener = listener_for(quiet or as_json)
    try:
        done = copy(opened, folder, not copies, listener)
    finally:
        listener.close()
    output.emit(done._asdict() | {"backup": folder})
    output.line(
        Text(
            visible(
                f"{folder}: {done.versions:,} versions, {done.files:,} files; {done.copied:,} "
                f"new ({done.bytes:,} bytes), {done.removed:,} removed"
            )
        )
    )
