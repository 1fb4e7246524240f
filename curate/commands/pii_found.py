"""`curate pii REF`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curate.history.pii import Checked, Found, Original, Sample, Scrubbed
    from curate.store import Store, Version

NOTHING_SHOWN = "(nothing, or left as it is)"

NOTHING = "No step of this version scrubs, or none found anything."


@click.command()
@click.argument("ref")
@click.option(
    "--samples", type=click.IntRange(0), default=2, show_default=True, help="Of each entity."
)
@click.option("--reveal", metavar="ID", help="Show what was replaced in this record, by --key.")
@click.option("--key", metavar="KEY", help="For --reveal: env:NAME or a file, as in the recipe.")
@store_option
@json_option
def found(
    ref: str, samples: int, reveal: str | None, key: str | None, store: Path, as_json: bool
) -> None:
    """Say what the version REF had of personal data and secrets, by entity and source.

    Samples show what stands there now, never what was replaced. That is known only where the recipe
    says `keep_originals: true`, and shown to those who have the key: --reveal ID --key env:NAME.
    """
    from curate.errors import UsageError
    from curate.history.document import document
    from curate.history.pii import scrubbed
    from curate.store import Store
    from curate.store.catalog import reading_once

    opened = Store.open(store)
    output = Output(as_json)
    with reading_once(opened.folder):
        version = opened.version(ref)
        if key is not None and reveal is None:
            raise UsageError("--key", "it is for --reveal", "Say of which record: --reveal ID.")
        if reveal is not None:
            _reveal(opened, version, reveal, key, output)
            return
        found = scrubbed(version, samples)
    output.emit({"version": version.ref, **document(found)})
    _print(version, found, output)


def _reveal(
    store: "Store", version: "Version", record: str, key: str | None, output: Output
) -> None:
    from functools import partial

    from curate.errors import UsageError
    from curate.history.document import document
    from curate.history.lookup import find_record
    from curate.history.pii import originals
    from curate.pii.keys import read_key
    from curate.pii.originals import unsealed

    if key is None:
        raise UsageError("--reveal", "there is no --key", "Give that of the recipe: env:NAME.")
    try:
        opened = partial(unsealed, read_key(key, Path.cwd()))
        id_ = find_record(store, record, [version])
        told = originals(version, id_, opened)
    except ValueError as error:
        raise UsageError(f"--key {key}", str(error), "Give that of the recipe.") from None
    output.emit({"version": version.ref, "id": id_, "originals": [document(one) for one in told]})
    output.table(["entity", "field", "now", "was"], [_row(one) for one in told])


def _row(one: "Original") -> list[str | int]:
    was = "not kept" if one.original is None else visible(one.original)
    return [one.entity, visible(one.field), visible(one.surrogate), was]


def _print(version: "Version", found: "Scrubbed", output: Output) -> None:
    from rich.text import Text

    output.line(Text(visible(f"{version.ref}: personal data and secrets"), "bold"))
    if not found.found:
        output.line(NOTHING)
    else:
        heads = [
            "step",
            "entity",
            "source",
            "findings",
            "records",
            "dropped",
            "flagged",
            "score",
            "found by",
        ]
        output.table(heads, [_figures(one) for one in found.found])
        _print_samples(found.samples, output)
    _print_checked(found.checked, output)


def _figures(one: "Found") -> list[str | int]:
    score = "" if one.least is None else f"{one.least:.2g}"
    if one.most is not None and one.most != one.least:
        score += f" to {one.most:.2g}"
    counts = (one.findings, one.records, one.dropped, one.flagged)
    return [one.step, one.entity, visible(one.source), *counts, score, ", ".join(one.detectors)]


def _print_samples(samples: "Sequence[Sample]", output: Output) -> None:
    from rich.text import Text

    for one in samples:
        line = Text(f"{one.id.hex()[:12]}  ", "dim").append(visible(f"{one.field}  "), "dim")
        line.append(_flat(one.before), "default")
        line.append(visible(one.surrogate) or NOTHING_SHOWN, "yellow")
        output.line(line.append(_flat(one.after), "default"))


def _flat(text: str) -> str:
    return " ".join(visible(text).split("\n"))


def _print_checked(checked: "Sequence[Checked]", output: Output) -> None:
    for one in checked:
        left = ", ".join(f"{count:,} {what}" for what, count in one.leaks.items())
        output.line(
            f"{one.step}: a second detector looked at {one.contents:,} contents and found "
            + (f"left: {left}" if left else "nothing left")
        )
