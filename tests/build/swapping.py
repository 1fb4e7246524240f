"""An expansion of tests: it swaps two neighbouring words of what the user says."""

from pathlib import Path
from typing import Any

from curate.build import Built
from curate.recipe import load_code
from curate.store.query import select
from tests.conftest import Workbench

SWAP = '''
from typing import ClassVar

import pyarrow as pa

from curate.decision import FAILURE
from curate.expansion import Expanded, ExpansionOperator, seed_of
from curate.fields import leaves, with_texts
from curate.record import CONTENT


class Swap(ExpansionOperator):
    """Swap two neighbouring words of the user's turns."""

    name: ClassVar[str] = "swap"
    version: ClassVar[int] = 1

    times: int = 1
    """How many candidates a record has."""
    failing: int = -1
    """The candidates of this ordinal fail."""
    empty: bool = False
    """Whether texts are not changed."""
    wrong: bool = False
    """Whether no parent is named."""

    def expand(self, batch: pa.RecordBatch, seed: int) -> Expanded:
        pairs = [(row, number) for row in range(len(batch)) for number in range(self.times)]
        rows = [row for row, _ in pairs]
        children = batch.take(pa.array(rows, pa.int64()))
        ids = children.column("id").to_pylist()
        for leaf in leaves(children, () if self.empty else ("user", "text")):
            texts = leaf.texts.to_pylist()
            for place, text in enumerate(texts):
                row = int(leaf.rows[place])
                own = seed_of(seed, ids[row], "Swap", pairs[row][1], leaf.path(place))
                texts[place] = None if text is None else swapped(text, own)
            children = with_texts(children, leaf, pa.array(texts, pa.string()))
        failures = [
            {"row": place, "rule": "ordinal", "value": str(number), "limit": "0"}
            for place, (_, number) in enumerate(pairs)
            if number == self.failing
        ]
        contents = children.select(CONTENT.names)
        makers, ordinals = ["Swap"] * len(pairs), [number for _, number in pairs]
        rows = [] if self.wrong else rows
        return Expanded(contents, rows, makers, ordinals, pa.Table.from_pylist(failures, FAILURE))


def swapped(text: str, seed: int) -> str:
    words = text.split(" ")
    if len(words) < 2:
        return text
    at = seed % (len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)
'''


def write_swap(bench: Workbench) -> Path:
    """Write the operator's file into a workbench, load it, and return its path."""
    path = bench.folder / "swap.py"
    path.write_text(SWAP)
    load_code(path)
    return path


STEPS = "  - exact_dedup\n  - split: {eval: 0.2, by: id}\n  - swap: {times: 2}\n"


def build(bench: Workbench, steps: str = STEPS, seed: int = 7, **options: Any) -> Built:
    return bench.build(bench.recipe(steps, seed=seed), **options)


def rows(bench: Workbench, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = select(bench.store.folder, bench.store.files(), query).to_pylist()
    return found


def members(bench: Workbench, version: int = 1) -> dict[str, dict[str, Any]]:
    where = f"dataset = 'support' AND version = {version}"
    found = rows(bench, f"SELECT * FROM records WHERE {where}")
    return {row["id"]: row for row in found}


def parents(bench: Workbench, version: int = 1) -> dict[str, str]:
    """The parent of each child that the ledger names, rejected or not."""
    ledger = f"SELECT DISTINCT id, \"of\" FROM ledger WHERE action = 'add' AND version = {version}"
    return {row["id"]: row["of"] for row in rows(bench, ledger)}
