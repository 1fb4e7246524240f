"""Files of contents in the cache: Arrow, uncompressed, to be mapped rather than decoded."""

from pathlib import Path
from typing import Final

import pyarrow as pa

ARROW: Final = ".arrow"
"""What their names end in."""


def read_arrow(path: Path) -> pa.Table:
    """The table of a file, which lies where the file does: nothing is copied.

    Raises `pa.ArrowException` where the file is cut off.
    """
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as reader:
        table = reader.read_all()
    table.validate()
    return table


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write a table in one piece, so that what reads it need not join any."""
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.combine_chunks())
