"""`curate restore DIR --store NEW`."""

from pathlib import Path

import click

from curate.output import Output, json_option, quiet_option, store_option, visible


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@quiet_option
@store_option
@json_option
def restore(folder: Path, quiet: bool, store: Path, as_json: bool) -> None:
    """Make a new store of the backup in DIR; every file is compared with its SHA-256.

    The store must be a new or empty folder: nothing is overwritten.
    """
    from rich.text import Text

    from curate.listener import listener_for
    from curate.upkeep.backup import restore as copy

    output = Output(as_json)
    listener = listener_for(quiet or as_json)
    try:
        done = copy(folder, store, listener)
    finally:
        listener.close()
    output.emit(done._asdict() | {"store": store})
    said = f"{store}: {done.versions:,} versions, {done.files:,} files, {done.bytes:,} bytes"
    output.line(Text(visible(said)))
