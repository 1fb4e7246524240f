"""Erasure of what was made of records, and of what was made and shall not be made again."""

import pytest

from curate.upkeep.dropping import Drop
from curate.upkeep.forget import forget
from curate.upkeep.gc import collect
from curate.upkeep.holders import Asked
from curate.upkeep.verify import verify
from tests.build.swapping import build, members, parents, rows, write_swap
from tests.conftest import Workbench, tickets


@pytest.fixture
def swapping(registry: None, filled: Workbench) -> Workbench:
    """A workbench with forty tickets and an expansion."""
    write_swap(filled)
    return filled


def test_forgetting_a_parent_takes_its_children(swapping: Workbench) -> None:
    build(swapping)
    of = parents(swapping)
    parent = next(iter(of.values()))
    erasure = forget(swapping.store, Asked((parent,)), "asked")
    children = {id_ for id_, own in of.items() if own == parent}
    assert {id_ for id_, how in erasure.records.items() if how == "child"} >= children
    swapping.write([*tickets(40), {"ticket": "T-40", "prompt": "more to say", "response": "b"}])
    build(swapping)
    assert not {parent, *children} & set(members(swapping, 2))


def test_a_child_that_was_forgotten_is_not_made_again(swapping: Workbench) -> None:
    build(swapping)
    of, found = parents(swapping), members(swapping)
    child = next(id_ for id_ in of if id_ in found)
    erasure = forget(swapping.store, Asked((child,)), "asked")
    assert of[child] not in erasure.records
    swapping.write([*tickets(40), {"ticket": "T-40", "prompt": "more to say", "response": "b"}])
    build(swapping)
    after = members(swapping, 2)
    assert of[child] in after
    assert child not in after
    told = rows(swapping, f"SELECT * FROM ledger WHERE version = 2 AND id = '{child}'")
    assert {(row["action"], row["rule"]) for row in told} == {("add", "Swap"), ("drop", "erased")}
    assert all(row["before"] is None and row["after"] is None for row in told)
    text = found[child]["messages"][0]["content"].encode()
    for path in swapping.store.folder.rglob("*"):
        assert not path.is_file() or text not in path.read_bytes()


def test_forgetting_a_parent_takes_children_that_another_dataset_alone_knows(
    swapping: Workbench,
) -> None:
    build(swapping)
    stored = swapping.recipe("  - repair\n", "{ref: support@1}", "more")
    assert swapping.build(stored).version is not None
    of, found = parents(swapping), members(swapping)
    child = next(id_ for id_ in sorted(of) if id_ in found)
    collect(swapping.store, Drop(datasets=("support",)))
    erasure = forget(swapping.store, Asked((of[child],)), "asked")
    assert erasure.records[child] == "child"


def test_a_store_with_children_is_whole(swapping: Workbench) -> None:
    build(swapping)
    build(swapping, "  - swap\n  - rules: chat\n")
    assert not verify(swapping.store, deep=True).findings
