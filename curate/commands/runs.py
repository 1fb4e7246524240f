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

    found = list(reversed(Store.open(store).runs(dataset)))
    output = Output(as_json)
    if run_id is not None:
        one = asdict(_only(found, run_id))
        output.emit(one)
        metrics = one.pop("metrics")
        output.table(["", one["run"]], [[name, _plain(value)] for name, value in one.items()])
        output.table(
            ["metric", "value"], [[name, _plain(value)] for name, value in metrics.items()]
        )
        return
    output.emit([asdict(run) for run in found])
    if not found:
        output.line("No runs yet. Make one by `curate train REF MODEL`.")
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
