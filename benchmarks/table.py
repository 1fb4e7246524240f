"""The table that a benchmark prints."""

from collections.abc import Sequence
from typing import Final, NamedTuple

HEAD: Final = ("row", "what", "curate", "beside", "ratio", "target", "met", "peak", "CPU s")


class Line(NamedTuple):
    """One figure of the table."""

    row: str
    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None
    peak: float | None = None
    """Peak memory of our process in MiB."""
    cpu: str = ""
    """CPU seconds of the work, ours and beside: on a busy machine they say more than the wall."""


def print_table(lines: Sequence[Line]) -> None:
    """Print the figures in columns."""
    met = {True: "yes", False: "NO", None: ""}
    cells = [
        (*line[:6], met[line.met], "" if line.peak is None else f"{line.peak:.0f} MiB", line.cpu)
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]
    for row in (HEAD, tuple("-" * width for width in widths), *cells):
        print(
            "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        )
