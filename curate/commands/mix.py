"""`curate mix REF[=WEIGHT]...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, run_options, store_option, visible, wait_option

if TYPE_CHECKING:
    from curate.build import Built


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF[=WEIGHT]...")
@click.option("--dataset", required=True, metavar="NAME", help="What the mix is a version of.")
@click.option(
    "--unit",
    default="records",
    show_default=True,
    help="What is counted: records, characters, or a score of a --step, as trained_tokens.",
)
@click.option(
    "--total",
    type=click.FloatRange(0, min_open=True),
    help="How much the mix has.  [default: as much as the shares allow]",
)
@click.option(
    "--repeats",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="How often a record may stand.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(1, 1000),
    default=1.0,
    show_default=True,
    help="Without weights: 1 leaves the shares as sizes are, more makes them equal.",
)
@click.option("--floor", "floors", multiple=True, metavar="REF=S", help="The least share of one.")
@click.option(
    "--ceiling", "ceilings", multiple=True, metavar="REF=S", help="The largest share of one."
)
@click.option("--cap", "caps", multiple=True, metavar="REF=N", help="The most of one, in the unit.")
@click.option(
    "--step", "steps", multiple=True, metavar="STEP", help="A step before the mix, as in a recipe."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--dry-run", is_flag=True, help="Do everything, and commit nothing.")
@click.option(
    "--write",
    "file",
    type=click.Path(path_type=Path),
    help="Write the recipe too; the paths of a --step are relative to it.",
)
@store_option
@run_options
@wait_option
@json_option
def mix(
    refs: tuple[str, ...],
    dataset: str,
    unit: str,
    total: float | None,
    repeats: int,
    temperature: float,
    floors: tuple[str, ...],
    ceilings: tuple[str, ...],
    caps: tuple[str, ...],
    steps: tuple[str, ...],
    seed: int,
    dry_run: bool,
    file: Path | None,
    store: Path,
    workers: int | None,
    batch_size: int,
    allow_code: tuple[Path, ...],
    wait: float,
    as_json: bool,
) -> None:
    """Mix versions, or splits of versions, into a new version of a dataset.

    `curate mix chat@3:train=3 code=1 --dataset blend` keeps as many records as make three of the
    one for each of the other. Records keep id, source, labels and licence, so that `why`, `blame`
    and `diff` follow them; a record of two REFs stands once, by the first. The version has a
    recipe, which `curate build` builds again to the same snapshot id.
    """
    import os

    from curate.build import Options
    from curate.build import build as run
    from curate.build.composing import Wanted, compose
    from curate.listener import listener_for
    from curate.recipe import load_code, parse_recipe
    from curate.store import Store

    for code in allow_code:
        load_code(code)
    opened = Store.open(store)
    wanted = Wanted(
        refs, dataset, unit, total, repeats, temperature, floors, ceilings, caps, steps, seed
    )
    text = compose(opened, wanted)
    if file is not None:
        _check_free(file, text)
    options = Options(
        workers=workers or os.cpu_count() or 1,
        batch_size=batch_size,
        dry_run=dry_run,
        allow_code=allow_code,
        wait=wait,
    )
    progress = listener_for(quiet=as_json)
    try:
        built = run(parse_recipe(text, file), opened, options, progress)
    finally:
        progress.close()
    if file is not None:
        file.write_text(text, encoding="utf-8")
    _print(built, text, file, Output(as_json))


def _check_free(file: Path, text: str) -> None:
    """Refuse to write over anything but the same recipe."""
    from curate.errors import UsageError

    try:
        there = file.read_bytes() if file.exists() else None
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise UsageError(f"--write {file}", found, "Name a new file.") from error
    if there is not None and there != text.encode():
        found = "is there, and is another recipe"
        raise UsageError(f"--write {file}", found, "Name a new file. Nothing was done.")
    if not file.parent.is_dir():
        raise UsageError(f"--write {file}", "there is no such folder", "Make it first.")


def _print(built: "Built", text: str, file: Path | None, output: Output) -> None:
    outcome, version = built.outcome, built.version
    for warning in outcome.warnings:
        click.echo(f"curate: warning: {visible(warning)}", err=True)
    told = next(one for one in reversed(outcome.certificates) if one["kind"] == "mix")
    name = version.ref if version else f"{outcome.recipe.dataset} (not committed)"
    output.line(
        f"[bold]{name}[/]  snapshot {outcome.snapshot[:12]}  {outcome.records:,} records"
        + ("" if built.is_new or version is None else "  [dim](unchanged: no new version)[/]")
    )
    output.table(["ref", "asked", "reached", told["unit"], "kept", "of", "repeats"], _rows(told))
    if told["unlisted"]:
        output.line(f"[dim]and {told['unlisted']:,} smaller ones[/]")
    if file is not None:
        output.line(f"[dim]the recipe: curate build {visible(str(file))}[/]")
    elif version is None:
        output.line(visible(text).rstrip())
    output.emit(
        {
            "version": version.ref if version else None,
            "new": built.is_new,
            "snapshot": outcome.snapshot,
            "records": outcome.records,
            "unit": told["unit"],
            "holds": told["holds"],
            "slices": told["slices"],
            "counts": outcome.counts,
            "warnings": outcome.warnings,
            "recipe": text,
        }
    )


def _rows(told: dict[str, Any]) -> list[list[Any]]:
    """Of each REF its share as asked and reached, its amount, and how many of its records stay."""
    slices = told["slices"]
    whole, asked = (sum(one[name] or 0.0 for one in slices) for name in ("got", "target"))
    return [
        [
            visible(one["name"]),
            *(f"{part / of:.2%}" if of else "" for part, of in _shares(one, asked, whole)),
            round(one["got"]),
            *(one[name] for name in ("kept", "records", "repeats")),
        ]
        for one in slices
    ]


def _shares(one: dict[str, Any], asked: float, whole: float) -> list[tuple[float, float]]:
    return [(one["target"] or 0.0, asked), (one["got"], whole)]
