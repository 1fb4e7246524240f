"""`curate train REF --method sft|dpo --model MODEL`."""

from pathlib import Path
from typing import Any

import click

from curate.output import Output, json_option, store_option


def _list_settings(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print every setting with its default and what it does, and end."""
    if not wanted:
        return
    from .config import TrainConfig

    rows = []
    for name, field in TrainConfig.model_fields.items():
        default = "required" if field.is_required() else field.default
        meaning = " ".join((field.description or "").split())
        rows.append([name, "" if default is None else str(default), meaning])
    Output().table(["setting", "default", "meaning"], rows, prose=True)
    context.exit()


@click.command()
@click.argument("ref")
@click.option("--method", type=click.Choice(["sft", "dpo"]), help="How to train. [required]")
@click.option(
    "--model", required=True, help="A folder with a model or adapter, or an id on the Hub."
)
@click.option(
    "--adapter",
    type=click.Choice(["lora", "qlora", "none"]),
    help="Low-rank adapters (lora, the default; qlora: on 4 bits), or all weights (none).",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; repeatable."
)
@click.option("--config", type=click.Path(path_type=Path), help="A YAML file with settings.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The folder to write; by default runs/RUN."
)
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --output.")
@click.option(
    "--seed", type=click.IntRange(0), help="Draws adapters, order and dropout; by default 0."
)
@click.option(
    "--settings",
    "list_settings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_settings,
    help="List all settings for --set and --config, and end.",
)
@store_option
@json_option
def train(
    ref: str,
    method: str | None,
    model: str,
    adapter: str | None,
    settings: tuple[str, ...],
    config: Path | None,
    output: Path | None,
    resume: bool,
    seed: int | None,
    store: Path,
    as_json: bool,
) -> None:
    """Train a model on the version (or split) that REF names.

    Without a split, `train` is trained on and `eval`, where there is one, is evaluated at the end.
    The folder written holds the model or adapter, curate.json with all that it was made of, and a
    model card. `curate train --settings` lists the settings; TRL's own are set as trl.NAME.
    """
    from curate.listener import listener_for
    from curate.store import Store

    from .quiet import quieten
    from .settings import read_config

    quieten()
    flags = {"method": method, "adapter": adapter, "seed": seed}
    read = read_config(config, settings, flags)

    from .config import Request
    from .run import train as run

    listener = listener_for(quiet=as_json)
    try:
        request = Request(ref, model, read, output, resume)
        values = run(Store.open(store), request, listener)
    finally:
        listener.close()
    _print(values, Output(as_json))


def _print(values: dict[str, Any], output: Output) -> None:
    records = values["records"]
    output.line(
        f"[bold]{values['run']}[/]  {values['method']} on {values['dataset']}@{values['version']}"
        f":{values['split']}  snapshot {values['snapshot'][:12]}"
    )
    output.line(
        f"{records['fed']:,} of {records['read']:,} records fed, {records['trained_tokens']:,} of"
        f" {records['tokens']:,} tokens trained, fed hash {values['fed_hash'][:12]}"
    )
    output.table(["metric", "value"], list(values["metrics"].items()))
    output.emit(values)
