"""`curate augment REF`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, run_options, store_option, visible, wait_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curate.build import Built
    from curate.history.preview import Previewed
    from curate.recipe import Recipe
    from curate.store import Store


@click.command()
@click.argument("ref", required=False)
@click.option(
    "--with",
    "makers",
    multiple=True,
    metavar="AUGMENTER",
    help="An augmenter, such as KeyboardAug or '{SynonymAug: {aug_p: 0.1}}'.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="SETTING=VALUE",
    help="A setting of the step augment, such as share=0.2 (curate operators augment).",
)
@click.option("--remove", is_flag=True, help="Leave out all that was made of other records.")
@click.option(
    "--preview",
    type=click.IntRange(1),
    metavar="N",
    help="Show what would be made of N records, beside them; nothing is written.",
)
@click.option(
    "--list",
    "listed",
    is_flag=True,
    help="List the augmenters and what each needs; those of --with, with their settings.",
)
@click.option("--dataset", default="", metavar="NAME", help="By default that of REF.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--dry-run", is_flag=True, help="Do everything, and commit nothing.")
@store_option
@run_options
@wait_option
@json_option
def augment(
    ref: str | None,
    makers: tuple[str, ...],
    settings: tuple[str, ...],
    remove: bool,
    preview: int | None,
    listed: bool,
    dataset: str,
    seed: int,
    dry_run: bool,
    store: Path,
    workers: int | None,
    batch_size: int,
    allow_code: tuple[Path, ...],
    wait: float,
    as_json: bool,
) -> None:
    """Make a version of REF with other wordings of its records, or (--remove) without them.

    `curate augment support --with KeyboardAug --set share=0.2` rewords what users say in a fifth of
    the records that may be trained on. Every new record has its parent in the ledger, a mark in its
    meta, and passed the gates of the step `augment`. The version has a recipe, which `curate build`
    builds again to the same snapshot id.
    """
    from curate.build.derived import Asked, augmented, natural
    from curate.errors import UsageError
    from curate.recipe import load_code, parse_recipe
    from curate.store import Store

    output = Output(as_json)
    if listed:
        _list(makers, output)
        return
    if ref is None:
        right = "Say curate augment REF --with AUGMENTER, or curate augment --list"
        raise UsageError("augment", "REF is not given", right)
    for code in allow_code:
        load_code(code)
    opened = Store.open(store)
    asked = Asked(ref, makers, settings, dataset, seed)
    recipe = parse_recipe(natural(opened, asked) if remove else augmented(opened, asked))
    if preview is not None:
        _preview(opened, ref, recipe, preview, output)
        return
    how = {"workers": workers, "batch_size": batch_size, "dry_run": dry_run, "wait": wait}
    _print(_build(opened, recipe, how, allow_code, as_json), recipe, output)


def _list(names: tuple[str, ...], output: Output) -> None:
    from curate.augmenting.registry import described, settings_of

    settings = {name: settings_of(name) for name in names}
    known = [one for one in described() if not names or one["name"] in names]
    output.emit({"augmenters": [one | {"settings": settings_of(one["name"])} for one in known]})
    columns = ("name", "what", "extra", "needs")
    output.table(columns, [[one[column] for column in columns] for one in known])
    for name, own in settings.items():
        output.line()
        output.line(f"[bold]{visible(name)}[/]")
        output.table(("setting", "default", "what"), [list(one.values()) for one in own])


def _build(
    store: "Store",
    recipe: "Recipe",
    how: dict[str, Any],
    allow_code: tuple[Path, ...],
    as_json: bool,
) -> "Built":
    import os

    from curate.build import Options
    from curate.build import build as run
    from curate.listener import listener_for

    how = {**how, "workers": how["workers"] or os.cpu_count() or 1}
    progress = listener_for(quiet=as_json)
    try:
        return run(recipe, store, Options(**how, allow_code=allow_code), progress)
    finally:
        progress.close()


def _print(built: "Built", recipe: "Recipe", output: Output) -> None:
    from curate.commands.children import synthetic_lines

    outcome, version = built.outcome, built.version
    for warning in outcome.warnings:
        click.echo(f"curate: warning: {visible(warning)}", err=True)
    name = version.ref if version else f"{outcome.recipe.dataset} (not committed)"
    output.line(
        f"[bold]{name}[/]  snapshot {outcome.snapshot[:12]}  {outcome.records:,} records"
        + ("" if built.is_new or version is None else "  [dim](unchanged: no new version)[/]")
    )
    for notes in outcome.manifest.get("notes", {}).values():
        for note in notes:
            output.line(visible(note))
    for line in synthetic_lines(outcome.certificates):
        output.line(line)
    if version is None:
        output.line(visible(recipe.text).rstrip())
    output.emit(
        {
            "version": version.ref if version else None,
            "new": built.is_new,
            "snapshot": outcome.snapshot,
            "records": outcome.records,
            "counts": outcome.counts,
            "notes": outcome.manifest.get("notes", {}),
            "warnings": outcome.warnings,
            "recipe": recipe.text,
        }
        | {each["kind"]: each for each in outcome.certificates if each["kind"] == "children"}
    )


def _preview(store: "Store", ref: str, recipe: "Recipe", number: int, output: Output) -> None:
    from curate.expansion import ExpansionOperator
    from curate.history.document import document
    from curate.history.preview import preview

    (step,) = recipe.steps
    if not isinstance(step.operator, ExpansionOperator):
        from curate.errors import UsageError

        raise UsageError("--preview", "nothing is made by --remove", "Leave one of them out.")
    found = preview(store.version(ref), step.operator, number, recipe.seed)
    output.emit([document(one) for one in found])
    if not found:
        output.line("Nothing would be made: no record is chosen that may be trained on.")
    for one in found:
        _print_previewed(one, output)


def _print_previewed(one: "Previewed", output: Output) -> None:
    from rich.text import Text

    from curate.commands.children import is_plain, side_by_side

    head = Text(one.id.hex()[:12], "bold")
    output.line(head.append(visible(f"  {one.source}/{one.file}:{one.line}"), "not bold dim"))
    for each in one.candidates:
        line = Text(visible(f"  {each.maker} {each.ordinal + 1}  "))
        rules = ", ".join(_failed(failure) for failure in each.failures)
        state = f"rejected: {rules}" if rules else "passes"
        line.append(visible(state), "red" if rules else "green")
        output.line(line)
        if all(failure["rule"] != "unchanged" for failure in each.failures):
            for shown in side_by_side(each.change, is_plain(output)):
                output.line(shown)
    output.line()


def _failed(failure: "Mapping[str, Any]") -> str:
    value, limit = failure.get("value"), failure.get("limit")
    told = f" {value}" if value is not None else ""
    return f"{failure['rule']}{told}" + (f", allowed {limit}" if limit is not None else "")
