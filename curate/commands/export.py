"""`curate export REF OUT`."""

from pathlib import Path

import click

from curate.output import Output, json_option, store_option, visible


@click.command()
@click.argument("ref")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "name",
    type=click.Choice(["trl", "jsonl", "parquet", "hf"]),
    default="trl",
    show_default=True,
    help="trl and hf: the dataset types of TRL; jsonl and parquet: whole records.",
)
@click.option("--overwrite", is_flag=True, help="Replace what an export wrote there before.")
@store_option
@json_option
def export(ref: str, out: Path, name: str, overwrite: bool, store: Path, as_json: bool) -> None:
    """Write the version REF, or its split, to OUT, with a note of where it comes from."""
    from rich.text import Text

    from curate import __version__
    from curate.export import export as write
    from curate.store import Store
    from curate.store.tombstones import erased_members

    version = Store.open(store).version(ref)
    provenance = {
        "version": version.ref,
        "snapshot": version.snapshot,
        "split": version.split,
        "recipe_hash": version.recipe_hash,
        "curate": __version__,
    }
    result = write(version.batches(), out, name, provenance, overwrite=overwrite)
    erased = erased_members(version)
    left_out = (f"{erased:,} records are left out: their contents were erased",) * bool(erased)
    for warning in (*result.warnings, *left_out):
        click.echo(f"curate: warning: {visible(warning)}", err=True)
    output = Output(as_json)
    output.emit({**provenance, "format": name, "erased": erased, **result._asdict()})
    output.line(Text(visible(f"{version.ref}: {result.records:,} records to {out}")))
