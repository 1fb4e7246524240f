"""What commands print of synthetic records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from curate.output import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from curate.history.words import ContentChange
    from curate.output import Output
    from curate.store import Version


def synthetic_lines(certificates: Iterable[Mapping[str, Any]]) -> Iterator["Text"]:
    """What of each source and split a build made of other records, as the certificate says."""
    from rich.text import Text

    for one in certificates:
        if one["kind"] != "children":
            continue
        for each in one["slices"]:
            share = each["synthetic"] / each["records"]
            counted = f"{each['synthetic']:,} of {each['records']:,} ({share:.1%})"
            place = f"{each['source']}, {each['split']}"
            yield Text(visible(f"synthetic of {place}: {counted}"), "dim")
        if not one["holds"]:
            apart = f"{one['apart']:,} children are in another split than their parents"
            yield Text(apart, "yellow")


def show_synthetic(version: "Version", output: "Output", limit: int | None) -> None:
    """List the synthetic records of a version, each beside its parent."""
    from rich.text import Text

    from curate.history.document import document
    from curate.history.synthetic import contents_of, shares, synthetic_members
    from curate.history.words import compare

    found = synthetic_members(version)
    told = shares(version, found)
    output.emit({"shares": document(told), "records": document(found)})
    if not found:
        output.line("No record was made of another.")
        return
    rows = [
        [one.source, one.split, one.maker, one.synthetic, f"{one.synthetic / one.records:.1%}"]
        for one in told
    ]
    output.table(["source", "split", "made by", "records", "of all there"], rows)
    shown = found[:limit]
    contents = contents_of(version, shown)
    for one in shown:
        output.line()
        head = Text(one.id.hex()[:12], "bold")
        made = f"  {one.maker} of {one.parent.hex()[:12]}, {one.split}"
        output.line(head.append(visible(made), "not bold"))
        before, after = contents.get(one.parent_hash or b""), contents.get(one.hash)
        if before is None or after is None:
            output.line(Text("  its parent is no member here", "dim"))
            continue
        for line in side_by_side(compare(before, after), is_plain(output)):
            output.line(line)
    if limit is not None and len(found) > limit:
        output.line(f"[dim]{len(found) - limit:,} more: --all[/]")


def is_plain(output: "Output") -> bool:
    """Whether what changed needs marks, since there is no colour."""
    return output.console.no_color or not output.console.is_terminal


def side_by_side(change: "ContentChange", marks: bool) -> Iterator["RenderableType"]:
    """The texts that differ, old beside new, with what went and what came."""
    from rich.table import Table
    from rich.text import Text

    from curate.history.page import shown_pieces, side_of

    table = Table(box=None, show_header=False, padding=(0, 2), pad_edge=True)
    table.add_column("before", ratio=1)
    table.add_column("after", ratio=1)
    for text in change.texts:
        if text.state != "equal":
            pieces = shown_pieces(text)
            table.add_row(Text(visible(text.place), "dim"), "")
            table.add_row(side_of(pieces, "delete", marks), side_of(pieces, "insert", marks))
    yield table
