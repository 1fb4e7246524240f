"""A small dataset whose every fault is known, and versions of it that differ in one thing."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from curate.store import Version
from tests.conftest import Workbench

COUNTING = """
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from curate.operator import SignalOperator


class Counting(SignalOperator):
    'Counts words as if they were tokens, and names a language.'

    name: ClassVar[str] = "counting"
    version: ClassVar[int] = 1

    def fields(self) -> Sequence[str]:
        return ("prompt", "response")

    def signals(self) -> Mapping[str, str]:
        return {"tokens": "Words.", "language": "de or en."}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        words = [text.split() for text in texts.to_pylist()]
        return {
            "tokens": pa.array([float(len(each)) for each in words], pa.float64()),
            "language": pa.array(["de" if "ist" in each else "en" for each in words]),
        }
"""

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
def counting(bench: Workbench) -> Iterator[Path]:
    """The file of an operator `counting`, which stores `tokens` and `language`."""
    from curate.operator import REGISTRY
    from curate.operators import load
    from curate.recipe import load_code
    from curate.recipe.code import MODULE_PREFIX

    load()
    before = dict(REGISTRY)
    code = bench.folder / "counting.py"
    code.write_text(COUNTING)
    load_code(code)
    yield code
    REGISTRY.clear()
    REGISTRY.update(before)
    for name in [name for name in sys.modules if name.startswith(MODULE_PREFIX)]:
        del sys.modules[name]


@pytest.fixture
def make(bench: Workbench) -> Make:
    """Build rows by steps and return the version; the source is `tickets`, keyed by `key`."""
    (bench.folder / "short.yaml").write_text(PACK)

    def build(
        rows: Sequence[Any] = ROWS,
        steps: str = "",
        source: str = "{path: data, name: tickets, key: key}",
        code: Sequence[Path] = (),
        **settings: Any,
    ) -> Version:
        bench.write(rows)
        text = bench.recipe(steps, source, **settings)
        version = bench.build(text, allow_code=tuple(code)).version
        assert version is not None
        return version

    return build
