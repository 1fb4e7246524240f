"""`curate show REF`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.commands.children import show_synthetic, synthetic_lines
from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.store import Version

ROWS = 20
"""Rows of a long table that are shown to a person; --json has all."""

RAW = 200
"""Characters of a quarantined line that are shown."""


@click.command()
@click.argument("ref")
@click.option("--stats", is_flag=True, help="Measure turns, lengths and labels.")
@click.option("--quarantine", is_flag=True, help="List what was no record.")
@click.option("--dropped", is_flag=True, help="List what was dropped, by rule.")
@click.option("--recipe", is_flag=True, help="Print the recipe as it was written.")
@click.option("--synthetic", is_flag=True, help="List what was made of other records, beside them.")
@click.option("--sample", type=click.IntRange(1), help="Print so many records, always the same.")
@click.option("--all", "show_all", is_flag=True, help="Print every row of a long list.")
@store_option
@json_option
def show(
    ref: str, sample: int | None, show_all: bool, store: Path, as_json: bool, **views: bool
) -> None:
    """Show what the version REF, or a split of it, holds; what it dropped and could not read."""
    from curate.store import Store

    view = _only([*(name for name, wanted in views.items() if wanted), *["sample"] * bool(sample)])
    version = Store.open(store).version(ref)
    output = Output(as_json)
    limit = None if show_all else ROWS
    if sample is not None:
        _sample(version, sample, output)
    elif view == "stats":
        _stats(version, output)
    elif view == "quarantine":
        _quarantine(version, output, limit)
    elif view == "dropped":
        _dropped(version, output, limit)
    elif view == "synthetic":
        show_synthetic(version, output, limit)
    elif view == "recipe":
        output.emit({"recipe": version.recipe, "text": version.recipe_text})
        if not as_json:
            click.echo(visible(version.recipe_text), nl=False)
    else:
        _summary(version, output)


def _only(asked: list[str]) -> str | None:
    from curate.errors import UsageError

    if len(asked) > 1:
        found = " and ".join(f"--{name}" for name in asked)
        raise UsageError("show", f"got {found}", "Ask for one at a time.")
    return asked[0] if asked else None


def _summary(version: "Version", output: Output) -> None:
    from rich.text import Text

    from curate.store.tombstones import erased_members

    counts: dict[str, Any] = {
        "records": version.count(),
        "erased": erased_members(version),
        "kinds": version.kinds(),
        "splits": version.splits(),
        "licenses": {name or "none": number for name, number in version.licenses().items()},
    }
    output.emit(_identity(version) | counts | _history(version))
    head = Text(f"{version.ref}  snapshot {version.snapshot[:12]}", "bold")
    time = f"{version.created:%Y-%m-%d %H:%M} UTC"
    output.line(head.append(f"  {counts['records']:,} records, built {time}", "not bold"))
    for name in ("kinds", "splits", "licenses"):
        listed = ", ".join(f"{key} {number:,}" for key, number in counts[name].items())
        output.line(Text(visible(f"{name:<9} {listed or '-'}")))
    if counts["erased"]:
        output.line(f"erased    the contents of {counts['erased']:,} records, on purpose")
    made = version.manifest
    output.line(
        f"made by   curate {made['curate']}, {made['engine']} engine, {made['workers']} workers"
        + (f", --limit {made['limit']}" if made.get("limit") else "")
    )
    output.line()
    names = ("source", "file", "records", "quarantined", "bytes", "sha256")
    rows = [[*(one[n] for n in names[:-1]), one["sha256"][:12]] for one in version.inputs]
    output.table(names, rows)
    output.line()
    counted = ("step", "source", "in", "added", "kept", "dropped", "edited", "quarantined")
    output.table(counted, [[row[name] for name in counted] for row in version.counts])
    for line in _checked(version):
        output.line(Text(visible(line), "dim"))
    for told in synthetic_lines(version.certificates):
        output.line(told)
    for warning in version.warnings:
        output.line(Text(visible(f"warning: {warning}"), "yellow"))


def _checked(version: "Version") -> list[str]:
    """What steps told of how they decided, and what they have checked."""
    lines = [
        f"{step}: {note}"
        for step, notes in version.manifest.get("notes", {}).items()
        for note in notes
    ]
    for each in version.certificates:
        if each["kind"] == "contamination":
            suites = ", ".join(
                f"{suite['name']} ({suite['instances']:,})" for suite in each["suites"]
            )
            lines.append(
                f"{each['step']}: {each['contaminated']:,} contaminated by {each['rule']['name']}, "
                f"{each['near_misses']:,} near misses, of {suites}"
            )
    return lines


def _identity(version: "Version") -> dict[str, Any]:
    return {
        "version": version.ref,
        "snapshot": version.snapshot,
        "parent": version.parent,
        "recipe_hash": version.recipe_hash,
        "created": version.created,
    }


def _history(version: "Version") -> dict[str, Any]:
    names = ("dropped", "edited", "quarantined", "inputs", "counts", "certificates", "warnings")
    return {name: getattr(version, name) for name in (*names, "manifest")}


def _stats(version: "Version", output: Output) -> None:
    from itertools import groupby

    from curate.history.document import document
    from curate.history.statistics import statistics

    found = statistics(version)
    output.emit({"version": version.ref} | document(found))
    output.table(["kind", "records"], list(found.kinds.items()))
    output.line()
    figures = [
        [
            one.what,
            one.records,
            *(_short(n) for n in (one.smallest, one.median, one.mean, one.largest)),
        ]
        for one in found.spreads
    ]
    output.table(["per record", "records", "min", "median", "mean", "max"], figures)
    for label, values in groupby(found.labels, key=lambda one: one.label):
        shown = list(values)
        output.line()
        output.table([label, "records"], [[one.value, one.records] for one in shown])
        if (more := shown[0].values - len(shown)) > 0:
            output.line(f"[dim]{more:,} more value{'s' * (more > 1)}[/]")


def _short(number: float) -> int | float:
    return int(number) if number.is_integer() else round(number, 1)


def _quarantine(version: "Version", output: Output, limit: int | None) -> None:
    from rich.text import Text

    rows = version.quarantine().to_pylist()
    for row in rows:
        row["raw"] = row["raw"].decode("utf-8", "replace")
    output.emit(rows)
    if not rows:
        output.line("Nothing: all that was read is a record.")
    for row in rows[:limit]:
        place = Text(visible(f"{row['source']}/{row['file']}:{row['line']}"), "bold")
        output.line(place.append(visible(f"  {row['reason']}"), "not bold"))
        raw = row["raw"][:RAW].rstrip("\n") + ("..." if len(row["raw"]) > RAW else "")
        output.line(Text(visible(f"  {raw}  ({row['raw_bytes']:,} bytes)"), "dim"))
    _print_rest(output, rows, limit)


def _dropped(version: "Version", output: Output, limit: int | None) -> None:
    from collections import Counter

    rows = [row for row in version.ledger().to_pylist() if row["action"] == "drop"]
    counts = Counter((row["step"], row["rule"] or "") for row in rows)
    rules = [
        {"step": step, "rule": rule, "records": number}
        for (step, rule), number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    names = (
        "id",
        "copy",
        "step",
        "rule",
        "field",
        "value",
        "limit",
        "of",
        "source",
        "file",
        "line",
    )
    output.emit({"rules": rules, "records": [{name: row[name] for name in names} for row in rows]})
    if not rows:
        output.line("Nothing was dropped.")
        return
    output.table(["step", "rule", "records"], [list(rule.values()) for rule in rules])
    output.line()
    shown = [
        [
            row["id"].hex()[:12],
            row["step"],
            row["rule"],
            *(_cut(row[name]) for name in ("value", "limit")),
            row["of"].hex()[:12] if row["of"] else None,
            f"{row['file']}:{row['line']}",
        ]
        for row in rows[:limit]
    ]
    output.table(["id", "step", "rule", "value", "limit", "kept instead", "read"], shown)
    _print_rest(output, rows, limit)


def _cut(value: str | None) -> str | None:
    return f"{value[:40]}..." if value is not None and len(value) > 40 else value


def _print_rest(output: Output, rows: list[Any], limit: int | None) -> None:
    if limit is not None and len(rows) > limit:
        output.line(f"[dim]{len(rows) - limit:,} more: --all[/]")


def _sample(version: "Version", number: int, output: Output) -> None:
    from rich.text import Text

    from curate.export import record_json
    from curate.history.page import content_lines
    from curate.history.sample import sample

    rows = sample(version, number)
    output.emit([record_json(row) for row in rows])
    if not rows:
        output.line("No records.")
    for row in rows:
        line = Text(row["id"].hex(), "bold")
        place = f"  {row['split']}  {row['source']}/{row['file']}:{row['line']}"
        output.line(line.append(visible(place), "not bold dim"))
        for paragraph in content_lines(row):
            output.line(paragraph)
        output.line()
