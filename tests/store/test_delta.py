"""A table of a version is its newest whole copy with the later changes over it."""

import random
from typing import Any

import pytest

from curate.store import Store
from curate.store.catalog import reading, table_of
from curate.store.delta import WHOLE_EVERY
from tests.store.arrow import put, records

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[Rows], list[Rows]]:
    """Twenty versions, in which records and decisions come, go, come back and go again."""
    store = Store.create(tmp_path_factory.mktemp("story") / "s")
    dice = random.Random(3)
    table = records([f"text {n}" for n in range(40)])
    members: list[Rows] = []
    ledgers: list[Rows] = []
    for _ in range(WHOLE_EVERY + 4):
        chosen = table.take(sorted(dice.sample(range(40), 30)))
        ledger: Rows = [
            {"id": n.to_bytes(16, "big"), "copy": 0, "step": "s", "action": "drop", "rule": rule}
            for n in range(40)
            for rule in ("a", "b")
            if dice.random() < 0.5
        ]
        put(store, chosen, ledger)
        members.append(chosen.select(["id", "copy", "hash", "split"]).to_pylist())
        ledgers.append([{"id": row["id"], "rule": row["rule"]} for row in ledger])
    return store, members, ledgers


def test_every_version_reads_back_as_it_was_given(
    story: tuple[Store, list[Rows], list[Rows]],
) -> None:
    store, members, ledgers = story
    for version, rows, decisions in zip(store.versions(), members, ledgers, strict=True):
        assert version.members().select(["id", "copy", "hash", "split"]).to_pylist() == rows
        assert version.ledger().select(["id", "rule"]).to_pylist() == decisions


def test_touched_keys_are_those_that_changed_and_no_others(
    story: tuple[Store, list[Rows], list[Rows]],
) -> None:
    store, members, _ = story
    versions = store.versions()
    older, newer = versions[WHOLE_EVERY - 3], versions[WHOLE_EVERY + 1]
    ever_changed = {
        row["id"]
        for before, after in zip(
            members[older.number - 1 : newer.number - 1],
            members[older.number : newer.number],
            strict=True,
        )
        for row in [*before, *after]
        if (row in before) != (row in after)
    }
    with reading(store.folder) as connection:
        touched = table_of(connection, newer.touched_sql(older)).to_pylist()
        assert table_of(connection, newer.touched_sql(newer)).to_pylist() == []
    assert {row["id"] for row in touched} == ever_changed
    assert len(touched) == len(ever_changed) < 40
