"""Erasure of what was made of records, and of what was made and shall not be made again."""

import pytest

from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
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
