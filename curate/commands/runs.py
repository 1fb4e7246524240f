"""`curate runs [DATASET]`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option

if TYPE_CHECKING:
    from curate.store import Run


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "--run", "run_id", metavar="ID", help="Show one run; the beginning of its id is enough."
)
@store_option
@json_option
def runs(dataset: str | None, run_id: str | None, store: Path, as_json: bool) -> None:
    """List what was trained and evaluated on which version, the newest first."""
    from dataclasses import asdict

    from curate.store import Store

    opened = Store.open(store)
    if dataset is not None:
        opened.versions(dataset)  # an unknown name is an error, not a dataset without runs
    found = list(reversed(opened.runs(dataset)))
    output = Output(as_json)
    if run_id is not None:
        one = asdict(_only(found, run_id))
        output.emit(one)
        _print(one, output)
        return
    output.emit([asdict(run) for run in found])
    if not found:
        of = f" of {dataset}" if dataset else ""
        made = "curate train REF --method sft --model MODEL"
        output.line(f"No runs{of} yet. Make one by `{made}`.")
        return
    rows = [
        [
            run.run,
            run.kind,
            run.method,
            f"{run.dataset}@{run.version}" + (f":{run.split}" if run.split else ""),
            run.model,
            run.records,
            run.status,
        ]
        for run in found
    ]
    output.table(["run", "kind", "method", "version", "model", "records", "status"], rows)


def _print(one: dict[str, Any], output: Output) -> None:
    metrics = one.pop("metrics")
    excluded = len(one.pop("excluded") or ())
    facts = [[name, _plain(value)] for name, value in one.items() if value is not None]
    if excluded:
        facts.append(["left out", f"{excluded:,} records: --json lists them"])
    output.table(["run", one["run"]], facts[1:])
    output.line()
    output.table(["metric", "value"], [[name, _plain(value)] for name, value in metrics.items()])


def _only(found: "list[Run]", run_id: str) -> "Run":
    from curate.errors import NotFoundError, UsageError

    fitting = [run for run in found if run.run.startswith(run_id)]
    exact = [run for run in fitting if run.run == run_id]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    if fitting:
        listed = ", ".join(run.run for run in fitting[:5])
        raise UsageError(f"run {run_id!r}", f"{len(fitting)} runs begin so", f"Name one: {listed}.")
    raise NotFoundError(f"run {run_id!r}", "there is none", "`curate runs` lists them.")


def _plain(value: Any) -> Any:
    import json

    return json.dumps(value) if isinstance(value, dict | list) else value
