"""Selections: every decision is carried out to the letter, or the build stops."""

import pytest

from curate.errors import OperatorError
from curate.recipe import load_code
from tests.conftest import Workbench

OWN = '''
from typing import ClassVar

import pyarrow as pa

from curate.selection import SelectionOperator


class Chooser(SelectionOperator):
    """Decides what it is told."""

    name: ClassVar[str] = "chooser"
    version: ClassVar[int] = 1

    query_text: str
    """The query."""
    missing: int = 0
    """How many records have no facts."""

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        count = max(0, len(batch) - self.missing)
        return pa.RecordBatch.from_pydict({"one": pa.array([1] * count, pa.int8())})

    def query(self, seed: int) -> str:
        return self.query_text
'''

COPY_FIRST = "SELECT id, copy, 'copy' AS action, 3 AS copies FROM facts ORDER BY id, copy LIMIT 1"
COPY_ALL = "SELECT id, copy, 'copy' AS action, 2 AS copies FROM facts"


@pytest.fixture
def choosing(filled: Workbench) -> Workbench:
    path = filled.folder / "own.py"
    path.write_text(OWN)
    load_code(path)
    return filled


def chooser(query: str, extra: str = "") -> str:
    return f'  - chooser: {{query_text: "{query}"{extra}}}\n'


def test_copies_of_copies_are_numbered_on(choosing: Workbench) -> None:
    steps = chooser(COPY_FIRST) + chooser(COPY_ALL) + "  - repair\n" + chooser(COPY_FIRST)
    built = choosing.build(choosing.recipe(steps), batch_size=7)
    assert built.version is not None
    members = built.version.members()
    keys = list(zip(members["id"].to_pylist(), members["copy"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys) == built.outcome.records == 40 * 2 + 2 * 2 + 2
    assert [copy for _, copy in keys[:8]] == list(range(8))
    added = [row["added"] for row in built.outcome.counts]
    assert added == [0, 2, 42, 0, 2]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("SELECT id, copy, 'dropp' AS action FROM facts", "40 decisions have an action"),
        ("SELECT id, copy, 'split' AS action, 'a b' AS split FROM facts", "give a split a name"),
        ("SELECT id, copy, 'split' AS action FROM facts", "give a split a name"),
        ("SELECT id, copy, 'copy' AS action FROM facts", "have no number of copies"),
        ("SELECT id, 9 AS copy, 'drop' AS action FROM facts", "records that are not there"),
        ("FROM (SELECT id, copy, 'drop' AS action FROM facts), range(2)", "come twice"),
        ("SELECT nothing", "its query failed"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_stops_the_build(
    choosing: Workbench, query: str, fault: str
) -> None:
    with pytest.raises(OperatorError, match=f"step chooser: .*{fault}"):
        choosing.build(choosing.recipe(chooser(query)))
    assert choosing.store.versions() == []


def test_a_selection_must_give_facts_of_every_record(choosing: Workbench) -> None:
    steps = chooser("SELECT id, copy, 'drop' AS action FROM facts", ", missing: 1")
    with pytest.raises(OperatorError, match="records in, facts of"):
        choosing.build(choosing.recipe(steps))


def test_the_name_of_a_step_is_no_path(filled: Workbench) -> None:
    plain = filled.build(filled.recipe("  - repair\n  - exact_dedup\n  - repair\n"))
    for name in ("../records", "/tmp/x", "a=b", "x" * 300):
        steps = f"  - repair\n  - exact_dedup: {{name: {name}}}\n  - repair\n"
        assert filled.build(filled.recipe(steps)).outcome.snapshot == plain.outcome.snapshot
