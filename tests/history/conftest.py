"""A small dataset whose every fault is known, and versions of it that differ in one thing."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from curate.store import Version
from tests.conftest import Workbench

PACK = """
pack: short
version: 1
what: Short answers.
rules:
  - id: too-short
    what: The answer is short.
    why: Tests need a limit that is easy to know.
    where: characters < limit
    limit: 5
    good: ["long enough to stay"]
    bad: ["no"]
"""

Row = dict[str, Any]
Make = Callable[..., Version]


def ticket(key: str, prompt: str, response: str) -> Row:
    return {"key": key, "prompt": prompt, "response": response}


ROWS = [
    ticket("a", "How are you?", "Fine, thank you."),
    ticket("b", "Is it open?", "Yes."),
    ticket("c", "Which colour?", "The cafÃ© is red and blue."),
    ticket("d", "What is it?", "A clock that shows the time."),
    ticket("e", "What is it?", "A clock that shows the time."),
]


@pytest.fixture
def make(bench: Workbench) -> Make:
    """Build rows by steps and return the version; the source is `tickets`, keyed by `key`."""
    (bench.folder / "short.yaml").write_text(PACK)

    def build(
        rows: Sequence[Any] = ROWS,
        steps: str = "",
        source: str = "{path: data, name: tickets, key: key}",
        **settings: Any,
    ) -> Version:
        bench.write(rows)
        version = bench.build(bench.recipe(steps, source, **settings)).version
        assert version is not None
        return version

    return build
