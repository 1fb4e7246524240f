"""`curate composition REF...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.composition import Composition, Sliced

SHOWN = 20
"""Slices of one way that are shown to a person; --json has all."""

BAR = 24
"""Characters of the longest bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
@click.option(
    "--by",
    "bys",
    multiple=True,
    metavar="WAY",
    help="source, split, kind, license, labels.NAME, meta.NAME, topic, or another signal or "
    "stored score; repeatable.  [default: all that part the records into few slices]",
)
@click.option(
    "--bins", metavar="EDGES", help="Edges between the bins of a number, such as 100,400."
)
@click.option(
    "--field", default="response", show_default=True, help="The field that signals are of."
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the page as one HTML file.",
)
@click.option("--all", "show_all", is_flag=True, help="Show every slice.")
@store_option
@json_option
def composition(
    refs: tuple[str, ...],
    bys: tuple[str, ...],
    bins: str | None,
    field: str,
    page: Path | None,
    show_all: bool,
    store: Path,
    as_json: bool,
) -> None:
    """Show what the versions REF are made of: each slice with its share, as a bar.

    Several REFs stand side by side, such as a version before and after a mix. Records, characters
    and, where the step trained_tokens stored them, tokens are counted as `mix` and `balance` do,
    and slices have the names that these steps know.
    """
    from curate.history.composition import composition as compose
    from curate.store import Store

    edges = _edges(bins)
    opened = Store.open(store)
    found = compose([opened.version(ref) for ref in refs], bys, field, edges)
    output = Output(as_json)
    if page is not None:
        from curate.history.composition_page import write_page

        write_page(found, page)
    output.emit(_document(found) if as_json else {})
    if not as_json:
        _print(found, output, None if show_all else SHOWN)
        if page is not None:
            output.line(visible(f"page: {page}"))


def _edges(bins: str | None) -> tuple[float, ...]:
    from math import isfinite

    from curate.errors import UsageError

    if bins is None:
        return ()
    try:
        edges = tuple(float(edge) for edge in bins.split(","))
    except ValueError:
        edges = ()
    if not edges or list(edges) != sorted(set(edges)) or not all(map(isfinite, edges)):
        right = "Give ascending numbers with commas between them, such as 100,400."
        raise UsageError("--bins", f"got {bins!r}", right)
    return edges


def _print(found: "Composition", output: Output, limit: int | None) -> None:
    from rich.text import Text

    has_tokens = any(one.tokens is not None for one in found.whole)
    several = len(found.refs) > 1
    has_made = any(one.synthetic for one in found.whole)
    columns = ["", "version", "records", "characters", *["tokens"] * has_tokens]
    columns += ["synthetic"] * has_made
    rows = [
        [_mark(at) if several else "", ref, *_numbers(size, has_tokens), *_made(size, has_made)]
        for at, (ref, size) in enumerate(zip(found.refs, found.whole, strict=True))
    ]
    output.table(columns, rows)
    for one in found.ways:
        output.line()
        _print_way(one, found, output, limit)
    for ref, size, known in zip(found.refs, found.whole, found.token_records, strict=True):
        if known and known < size.records:
            words = f"{ref}: tokens are known of {known:,} of {size.records:,} records"
            output.line(Text(visible(words), "dim"))
    if not found.ways:
        output.line("Nothing parts the records into slices: name a way, --by WAY.")


def _print_way(one: "Sliced", found: "Composition", output: Output, limit: int | None) -> None:
    from rich.text import Text

    has_tokens = any(size.tokens is not None for size in found.whole)
    has_made = any(size.synthetic for size in found.whole)
    several = len(found.refs) > 1
    longest = max((max(part.shares(found.whole)) for part in one.parts), default=0.0) or 1.0
    rows = []
    for part in one.parts[:limit]:
        shares = part.shares(found.whole)
        for at, (size, share) in enumerate(zip(part.sizes, shares, strict=True)):
            bar = _bar(share / longest)
            own = [_mark(at)] if several else []
            cells = [size.records, f"{100 * share:5.1f} %", bar, size.characters]
            cells += [*([size.tokens] if has_tokens else []), *_made(size, has_made)]
            rows.append([part.name if at == 0 else "", *own, *cells])
    columns = [one.by, *[""] * several, "records", "share", "", "characters"]
    output.table([*columns, *["tokens"] * has_tokens, *["synthetic"] * has_made], rows)
    if limit is not None and len(one.parts) > limit:
        output.line(Text(visible(f"{len(one.parts) - limit:,} more: --all"), "dim"))


def _bar(share: float) -> str:
    eighths = round(share * BAR * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip() or ("▏" if share > 0 else "")


def _mark(at: int) -> str:
    return "ABCDEF"[at]


def _numbers(size: Any, has_tokens: bool) -> list[Any]:
    return [size.records, size.characters, *[size.tokens] * has_tokens]


def _made(size: Any, has_made: bool) -> list[str]:
    """How many of the records were made of others, and what share of them that is."""
    share = size.synthetic / size.records if size.records else 0.0
    return [f"{size.synthetic:,} ({share:.1%})"] * has_made


def _document(found: "Composition") -> dict[str, Any]:
    """Sizes of slices and versions in the order of the REFs."""
    from curate.history.document import document

    versions = [
        {"version": ref, **document(size), "token_records": known}
        for ref, size, known in zip(found.refs, found.whole, found.token_records, strict=True)
    ]
    ways = [
        {
            "by": one.by,
            "fingerprint": one.fingerprint,
            "slices": [
                {
                    "name": part.name,
                    "sizes": [
                        document(size) | {"share": share}
                        for size, share in zip(part.sizes, part.shares(found.whole), strict=True)
                    ],
                }
                for part in one.parts
            ],
        }
        for one in found.ways
    ]
    return {"versions": versions, "ways": ways}
