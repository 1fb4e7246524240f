"""What tests share: real data where there is some, and small builds of records made on the spot."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from curate.build import Built, Options, build
from curate.operator import REGISTRY
from curate.operators import load
from curate.recipe import parse_recipe
from curate.recipe.code import MODULE_PREFIX
from curate.signals import SIGNALS
from curate.store import Store

SMALL_STEPS = """
  - repair
  - rules: chat
  - exact_dedup
  - split: {eval: 0.2}
"""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped where there is none."""
    folder = Path(__file__).parents[1].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside this checkout")
    return folder


@pytest.fixture
def registry() -> Iterator[None]:
    """Operators and signals that a test loads as a user's own are forgotten after it."""
    load()
    before, signals = dict(REGISTRY), dict(SIGNALS)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)
    SIGNALS.clear()
    SIGNALS.update(signals)
    for name in [name for name in sys.modules if name.startswith(MODULE_PREFIX)]:
        del sys.modules[name]


def write_lines(path: Path, rows: Iterable[Any]) -> Path:
    """Write rows as JSONL; a row that is text already is written as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def tickets(number: int) -> list[dict[str, Any]]:
    """Make conversations of which a known few have faults."""
    rows = [
        {
            "ticket": f"T-{n}",
            "prompt": f"How do I reset device number {n}?",
            "response": f"Hold the button of device {n} for ten seconds, then let go.",
        }
        for n in range(number)
    ]
    rows[1]["response"] = ""
    rows[2] |= {"prompt": rows[3]["prompt"].upper(), "response": rows[3]["response"]}
    rows[4]["response"] = "Itâ€™s the small button \u200bnext to the lamp.  "
    return rows


class Workbench:
    """A folder with a source and a store, and a way to build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.create(folder / "store")

    def write(self, rows: Sequence[Any], name: str = "data/tickets.jsonl") -> Path:
        """Write a source."""
        return write_lines(self.folder / name, rows)

    def recipe(
        self,
        steps: str = SMALL_STEPS,
        source: str = "{path: data, name: tickets}",
        dataset: str = "support",
        seed: int = 7,
    ) -> str:
        """Write the text of a recipe."""
        listed = f"steps:\n{steps}" if steps.strip() else "steps: []"
        return f"dataset: {dataset}\nsources:\n  - {source}\n{listed}\nseed: {seed}\n"

    def build(self, text: str | None = None, **options: Any) -> Built:
        """Build a recipe, the small one by default."""
        recipe = parse_recipe(text or self.recipe(), self.folder / "recipe.yaml")
        return build(recipe, self.store, Options(**options))


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    """An empty workbench."""
    return Workbench(tmp_path)


@pytest.fixture
def filled(bench: Workbench) -> Workbench:
    """A workbench with forty tickets."""
    bench.write(tickets(40))
    return bench
