"""A store with two versions, and the command line on it."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Workbench, tickets

Call = Callable[..., Result]

ESCAPE = "\x1b]0;owned\x07\x1b[31mred\u202e\x9b2J"
"""What a record may hold to command a terminal."""


@pytest.fixture
def told(bench: Workbench) -> Workbench:
    """Two versions of one dataset; one record and one bad line hold terminal escapes."""
    rows: list[Any] = tickets(20)
    rows[5]["response"] = f"Press {ESCAPE} and wait for ten seconds."
    bench.write([*rows, f"{{bad {ESCAPE}"])
    source = "{path: data, name: tickets, key: ticket, map: {prompt: prompt, response: response}}"
    bench.build(bench.recipe("", source))
    bench.build(bench.recipe("  - rules: chat\n  - exact_dedup\n  - split: {eval: 0.3}\n", source))
    return bench


@pytest.fixture
def call(told: Workbench) -> Call:
    """Run a command on the store; it must end as it should."""
    from curate.cli import curate

    def run(*arguments: str, code: int = 0) -> Result:
        store = [] if arguments[0] == "operators" else ["--store", str(told.store.folder)]
        result = CliRunner().invoke(curate, [*arguments, *store])
        found = getattr(result.exception, "exit_code", result.exit_code)
        assert found == code, result.output + repr(result.exception)
        return result

    return run
