"""`curate blame ID`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.attribution import Origin
    from curate.history.blame import Blame, Blamed

LONGEST = 40
"""Characters of a value that are shown."""

QUIET = (".role", "prompt_turns")
"""Fields that are shown only where they are not as they were first read."""


@click.command()
@click.argument("record", metavar="ID")
@click.option("--at", "ref", metavar="REF", help="As this version has it; by default the newest.")
@store_option
@json_option
def blame(record: str, ref: str | None, store: Path, as_json: bool) -> None:
    """Say of each field of a record which step, build and source last changed it.

    ID is the beginning of a record's id (6 digits or more), or the place where it was read:
    tickets.jsonl:17. Of texts it says how many characters come from where.
    """
    from curate.history.blame import blame as ask
    from curate.history.document import document
    from curate.history.lookup import find_record, upto
    from curate.store import Store
    from curate.store.catalog import reading_once

    opened = Store.open(store)
    with reading_once(opened.folder):
        versions = upto(opened, ref)
        found = ask(opened, find_record(opened, record, versions), versions)
    output = Output(as_json)
    output.emit([document(one) for one in found])
    if not as_json:
        for one in found:
            _print(one, output)


def _print(one: "Blame", output: Output) -> None:
    from rich.text import Text

    head = Text(f"record {one.id.hex()}", "bold")
    state = "" if one.is_member else ", where it was dropped: as it came there"
    output.line(head.append(visible(f"  {one.dataset}@{one.version}{state}"), "not bold"))
    first = min((field.origin.version for field in one.fields), default=1)
    rows = [
        [
            field.field,
            _value(field),
            field.origin.step or "read",
            f"@{field.origin.version}",
            f"{field.origin.created:%Y-%m-%d %H:%M}",
            _from(field),
        ]
        for field in one.fields
        if not (field.field.endswith(QUIET) and field.origin.version == first)
    ]
    output.table(["field", "value", "by", "since", "built", "from"], rows)
    output.line()


def _value(field: "Blamed") -> str:
    import orjson

    text = field.value if isinstance(field.value, str) else orjson.dumps(field.value).decode()
    line = text.replace("\n", " ")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]} ..."


def _from(field: "Blamed") -> str:
    """Where it was read; of a text of several origins, the share of each."""
    origin = field.origin
    place = f"{origin.source}/{origin.file}:{origin.line}"
    if origin.of is not None:
        place = f"made of {origin.of.hex()[:12]}; {place}"
    if len(field.parts) > 1:
        counts = []
        for part in field.parts:
            gone = f" (-{part.removed:,})" if part.removed else ""
            counts.append(f"{_name(part.origin)} {part.characters:,}{gone}")
        return f"{place}; characters: {', '.join(counts)}"
    return f"{origin.rule}; {place}" if origin.rule else place


def _name(origin: "Origin") -> str:
    return f"{origin.step or 'read'}@{origin.version}"
