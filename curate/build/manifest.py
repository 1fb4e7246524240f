"""What was used: versions, engine and settings that have no influence on the result."""

import platform
from typing import TYPE_CHECKING, Any

from curate import __version__
from curate.engines.local import LocalEngine
from curate.operator import RulesOperator, installed_version
from curate.recipe import Recipe
from curate.store.catalog import Connection

if TYPE_CHECKING:
    from curate.build.build import Options

LIBRARIES = ("duckdb", "pyarrow", "numpy", "orjson")


def manifest_of(recipe: Recipe, options: "Options", engine: LocalEngine) -> dict[str, Any]:
    """Say with what a version was built."""
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
    }


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
