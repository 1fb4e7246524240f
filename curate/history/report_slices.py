"""Slices as a table for a terminal. Nothing here prints."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from curate.history.slices import Slice, Slices
from curate.output import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

SLICES_SHOWN: Final = 8
"""Slices of one kind that a page lists: those that changed most."""


def slices(found: Slices) -> Iterator["RenderableType"]:
    """The slices that changed, those with the largest change first; nothing where none did."""
    from rich.text import Text

    whole = found.whole
    if not whole.differs and not any(one.differs for one in found.slices):
        return
    with_tokens = found.tokens is not None
    yield Text("slices", "bold")
    names = ("", "A", "B", "", "share A", "share B", "characters", *(["tokens"] * with_tokens))
    table = bare_table(0)
    for name in names:
        table.add_column(Text(name), justify="right" if name else "left", no_wrap=True)
    table.columns[3].justify = "right"
    table.show_header = True
    _add_slice(table, "all", whole, whole, with_tokens)
    more = []
    for by, group in groupby(found.slices, key=lambda one: one.by):
        each = list(group)
        differing = sorted((one for one in each if one.differs), key=_change_of, reverse=True)
        if len(each) == 1 and (each[0].before, each[0].after) == (whole.before, whole.after):
            continue
        for one in differing[:SLICES_SHOWN]:
            _add_slice(table, f"{by}={one.name}", one, whole, with_tokens)
        if len(differing) > SLICES_SHOWN:
            more.append(f"{len(differing) - SLICES_SHOWN} more of {by} differ")
    yield table
    more += [f"{one.by} has {one.values:,} values, too many to slice by" for one in found.unlisted]
    if found.tokens is None:
        more.append("tokens are not counted: build with the step `tokens`")
    elif (found.tokens.before, found.tokens.after) != (whole.before.records, whole.after.records):
        known = f"{found.tokens.before:,} -> {found.tokens.after:,}"
        more.append(f"tokens are known of {known} records only")
    yield from (Text(visible(f"  {line}"), "dim") for line in more)


def _change_of(one: Slice) -> tuple[int, int]:
    return (
        abs(one.after.records - one.before.records),
        abs(one.after.characters - one.before.characters),
    )


def _add_slice(table: "Table", name: str, one: Slice, whole: Slice, with_tokens: bool) -> None:
    from rich.text import Text

    shares = [
        f"{100 * part.records / of.records:.1f} %" if of.records else ""
        for part, of in ((one.before, whole.before), (one.after, whole.after))
    ]
    difference = one.after.records - one.before.records
    style = "green" if difference > 0 else "red" if difference < 0 else "dim"
    cells = [
        Text(visible(f"  {name}".replace("\n", " "))),
        Text(f"{one.before.records:,}"),
        Text(f"{one.after.records:,}"),
        Text(f"{difference:+,}" if difference else "=", style),
        *(Text(share, "dim") for share in shares),
        Text(_relative(one.before.characters, one.after.characters)),
    ]
    if with_tokens:
        cells.append(Text(_relative(one.before.tokens, one.after.tokens)))
    table.add_row(*cells)


def _relative(before: int, after: int) -> str:
    """A number and what it grew by, such as "8,986,111 +2.1 %"."""
    if before == after:
        return f"{after:,}       ="
    grown = percent(before, after)
    return f"{after:,} {grown:>7}"


def percent(before: int, after: int) -> str:
    """By how much a number grew.

    >>> percent(200, 190), percent(0, 5)
    ('-5.0 %', 'new')
    """
    return f"{100 * (after - before) / before:+.1f} %" if before else "new"


def bare_table(columns: int) -> "Table":
    """A table without lines, with so many columns."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(columns):
        table.add_column()
    return table
