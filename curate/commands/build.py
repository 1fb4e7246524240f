"""`curate build RECIPE`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.commands.children import synthetic_lines
from curate.output import (
    Output,
    json_option,
    run_options,
    store_option,
    visible,
    wait_option,
)

if TYPE_CHECKING:
    from curate.build import Built


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@store_option
@run_options
@click.option(
    "--limit", type=click.IntRange(1), help="Read only the first N records of each source."
)
@click.option("--dry-run", is_flag=True, help="Do everything, and commit nothing.")
@click.option(
    "--without",
    multiple=True,
    metavar="STEP",
    help="Leave out a step, by its name: its recipe becomes that of the version.",
)
@click.option(
    "--max-bad",
    type=click.FloatRange(0),
    help="How much input may be bad: 0.05 is a share, 50 a number.",
)
@wait_option
@click.option("--no-fuse", is_flag=True, help="Run every row-wise step in a pass of its own.")
@json_option
def build(
    recipe: Path,
    store: Path,
    workers: int | None,
    batch_size: int,
    limit: int | None,
    dry_run: bool,
    without: tuple[str, ...],
    max_bad: float | None,
    allow_code: tuple[Path, ...],
    wait: float,
    no_fuse: bool,
    as_json: bool,
) -> None:
    """Build RECIPE into a new version of its dataset.

    The same files, recipe and seed give the same snapshot id, whatever the workers and batch size.
    Steps run only on records that are new to them. A build that is killed or fails commits nothing,
    and what its steps found out is used by the next.
    """
    import os

    from curate.build import Options
    from curate.build import build as run
    from curate.listener import listener_for
    from curate.recipe import load_code, load_recipe
    from curate.store import Store

    for file in allow_code:
        load_code(file)
    loaded = load_recipe(recipe)
    if without:
        from curate.recipe.leaving_out import without_steps

        loaded = without_steps(loaded, without)
    options = Options(
        workers=workers or os.cpu_count() or 1,
        batch_size=batch_size,
        limit=limit,
        dry_run=dry_run,
        fuse=not no_fuse,
        max_bad=max_bad,
        allow_code=allow_code,
        wait=wait,
    )
    progress = listener_for(quiet=as_json)
    try:
        built = run(loaded, Store.create(store), options, progress)
    finally:
        progress.close()
    output = Output(as_json)
    _print(built, output, loaded.text if without else None)
    if without:
        output.line(f"[dim]left out: {visible(', '.join(without))}; the recipe without:[/]")
        output.line(visible(loaded.text).rstrip())


def _print(built: "Built", output: Output, recipe: str | None) -> None:
    outcome, version = built.outcome, built.version
    for warning in outcome.warnings:
        click.echo(f"curate: warning: {visible(warning)}", err=True)
    rows = [
        [
            row["step"],
            row["source"],
            *(row[name] for name in ("in", "added", "kept", "dropped", "edited", "quarantined")),
        ]
        for row in outcome.counts
    ]
    name = version.ref if version else f"{outcome.recipe.dataset} (not committed)"
    output.line(
        f"[bold]{name}[/]  snapshot {outcome.snapshot[:12]}  {outcome.records:,} records"
        + ("" if built.is_new or version is None else "  [dim](unchanged: no new version)[/]")
    )
    output.table(
        ["step", "source", "in", "added", "kept", "dropped", "edited", "quarantined"], rows
    )
    for line in synthetic_lines(outcome.certificates):
        output.line(line)
    if outcome.quarantined and version is not None:
        output.line(f"[dim]what could not be read: curate show {version.ref} --quarantine[/]")
    output.emit(
        {
            "version": version.ref if version else None,
            "new": built.is_new,
            "snapshot": outcome.snapshot,
            "records": outcome.records,
            "dropped": outcome.dropped,
            "edited": outcome.edited,
            "quarantined": outcome.quarantined,
            "counts": outcome.counts,
            "warnings": outcome.warnings,
            "reused": built.reused,
        }
        | {each["kind"]: each for each in outcome.certificates if each["kind"] == "children"}
        | ({} if recipe is None else {"recipe": recipe})
    )
