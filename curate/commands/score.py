"""`curate score REF [STEP...]`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import (
    Output,
    json_option,
    run_options,
    store_option,
    visible,
    wait_option,
)

if TYPE_CHECKING:
    from curate.store import Version
    from curate.store.scored import ScoredSignal

LABELS = 5
"""The most frequent labels that are shown; --json has all."""


@click.command()
@click.argument("ref")
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@store_option
@run_options
@wait_option
@json_option
def score(
    ref: str,
    steps: tuple[str, ...],
    store: Path,
    workers: int | None,
    batch_size: int,
    allow_code: tuple[Path, ...],
    wait: float,
    as_json: bool,
) -> None:
    """Measure signals of the version REF and store them, or list those that are known.

    A STEP is a signal step as a recipe has it: `curate score s@3 measure 'perplexity: {model: m}'`.
    Nothing that is known is measured again, and what is measured is kept when the run is killed.
    The version stays as it is; a build that has the same step finds the values. Like a build it
    holds the right to build meanwhile: others wait (--wait), readers do not.
    """
    import os

    from curate.build import Options
    from curate.build.scoring import score as run
    from curate.listener import listener_for
    from curate.operator import SignalOperator
    from curate.recipe import load_code
    from curate.recipe.step import written_steps
    from curate.store import Store
    from curate.store.scored import scored_signals

    for file in allow_code:
        load_code(file)
    opened = Store.open(store)
    version = opened.version(ref)
    made = written_steps(steps, Path())
    measured = 0
    if made:
        options = Options(
            workers=workers or os.cpu_count() or 1,
            batch_size=batch_size,
            allow_code=allow_code,
            wait=wait,
        )
        progress = listener_for(quiet=as_json)
        try:
            measured = run(opened, version, made, options, progress)
        finally:
            progress.close()
    operators = [step.operator for step in made]
    wanted = {one.signal_fingerprint() for one in operators if isinstance(one, SignalOperator)}
    known = [one for one in scored_signals(version) if not made or one.fingerprint in wanted]
    _print(Output(as_json), version, known, measured if made else None)


def _print(
    output: Output, version: "Version", known: Sequence["ScoredSignal"], measured: int | None
) -> None:
    ref, members = version.ref, version.count()
    signals = [{**one._asdict(), "labels": dict(one.labels)} for one in known]
    output.emit({"version": ref, "members": members, "measured": measured, "signals": signals})
    if measured is not None:
        output.line(f"{ref}: {measured:,} values measured" if measured else f"{ref}: nothing new")
    if not known:
        output.line(f"No signal is known of {ref}. Measure one: curate score {ref} measure")
        return
    output.line(f"[dim]of {members:,} members[/]")
    numbers = ("least", "5 %", "median", "95 %", "most")
    columns = ("field", "signal", "of", "records", "values", *numbers)
    output.table(columns, [_row(one) for one in known])
    for one in known:
        if one.labels:
            output.line(visible(f"{one.field} {one.signal}: {_listed(one)}"))


def _row(one: "ScoredSignal") -> list[Any]:
    numbers = (one.least, one.p5, one.median, one.p95, one.most)
    shown = ["" if number is None else f"{number:.4g}" for number in numbers]
    return [one.field, one.signal, one.fingerprint[:8], one.records, one.values, *shown]


def _listed(one: "ScoredSignal") -> str:
    listed = [f"{label} {number:,}" for label, number in list(one.labels.items())[:LABELS]]
    more = len(one.labels) - LABELS
    return ", ".join(listed) + (f" and {more:,} more" if more > 0 else "")
