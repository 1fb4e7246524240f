"""What was used: versions, engine and settings that have no influence on the result."""

import platform
from collections.abc import Mapping, Sequence
from typing import Any, Final

from curate import __version__
from curate.build.options import Options
from curate.build.reading import READER_VERSION
from curate.engines.local import LocalEngine
from curate.operator import RulesOperator, installed_version
from curate.recipe import Recipe, Step
from curate.store.catalog import Connection, row_of
from curate.store.tombstones import Tombstones

LIBRARIES = ("duckdb", "pyarrow", "numpy", "orjson")


def manifest_of(
    recipe: Recipe, options: Options, engine: LocalEngine, tombstones: Tombstones
) -> dict[str, Any]:
    """Say with what a version was built, and by which rules: a pack may change after it."""
    packages = {*LIBRARIES, *(name for step in recipe.steps for name in step.operator.depends)}
    return {
        "curate": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: installed_version(name) for name in sorted(packages)},
        "engine": engine.name,
        "workers": engine.workers,
        "batch_size": options.batch_size,
        "fuse": options.fuse,
        "limit": options.limit,
        "reader": READER_VERSION,
        "tombstones": tombstones.state(),
        "rules": used_rules(recipe.steps),
    }


def used_rules(steps: Sequence[Step]) -> dict[str, list[Mapping[str, Any]]]:
    """The rules of steps as they are used, by step."""
    return {
        step.name: list(step.operator.definitions())
        for step in steps
        if isinstance(step.operator, RulesOperator)
    }


MOST: Final = 0.5
"""A step that drops more than this share of a source is worth a warning."""


def greedy_steps(connection: Connection, counts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name the steps that drop most of a source, with the rule that dropped most."""
    found = []
    for row in counts:
        came, dropped = row["in"] + row["added"], row["dropped"]
        if dropped <= MOST * came:
            continue
        most = row_of(
            connection,
            "SELECT rule, count(DISTINCT id) AS n FROM new_ledger WHERE action = 'drop' "
            "AND step = ? AND source = ? GROUP BY rule ORDER BY n DESC, rule LIMIT 1",
            [row["step"], row["source"]],
        )
        why = f", {most[1]:,} of them by {most[0]}" if most else ""
        share = f"{dropped:,} of {came:,} records of source {row['source']}"
        found.append(f"step {row['step']}: dropped {share}{why}")
    return found


def silent_rules(connection: Connection, recipe: Recipe) -> list[str]:
    """Name the rules that never fired: a rule that cannot fire is most often misspelt."""
    fired = set(
        connection.execute(
            "SELECT DISTINCT step, rule FROM new_ledger WHERE action = 'drop'"
        ).fetchall()
    )
    found = []
    for step in recipe.steps:
        if isinstance(step.operator, RulesOperator):
            silent = [rule for rule in step.operator.rule_ids() if (step.name, rule) not in fired]
            if silent:
                found.append(f"step {step.name}: never fired: {', '.join(silent)}")
    return found
