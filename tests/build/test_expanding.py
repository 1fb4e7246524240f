"""Expansions: every child has its parent, stays on its side, and is made once."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from curate.errors import OperatorError
from curate.expansion import child_id
from tests.build.swapping import STEPS, build, members, parents, rows, write_swap
from tests.conftest import Workbench, tickets


@pytest.fixture
def swapping(filled: Workbench) -> Workbench:
    """A workbench with forty tickets and an expansion."""
    write_swap(filled)
    return filled


def test_every_child_has_a_parent_a_mark_and_its_parents_origin_and_side(
    swapping: Workbench,
) -> None:
    build(swapping)
    found, of = members(swapping), parents(swapping)
    children = {id_: row for id_, row in found.items() if id_ in of}
    assert len(children) > 30
    for id_, child in children.items():
        parent = found[of[id_]]
        same = ("source", "file", "line", "split", "labels", "license", "prompt_turns")
        assert [child[name] for name in same] == [parent[name] for name in same]
        meta = orjson.loads(child["meta"])
        assert meta.pop("synthetic_of") == of[id_]
        assert meta.pop("synthetic") == "Swap"
        assert meta == orjson.loads(parent["meta"])
        assert child["messages"][1:] == parent["messages"][1:]
        words = [turn["content"].split() for turn in (child["messages"][0], parent["messages"][0])]
        assert words[0] != words[1]
        assert sorted(words[0]) == sorted(words[1])


def test_ids_are_of_parent_step_maker_and_ordinal(swapping: Workbench) -> None:
    build(swapping)
    of = parents(swapping)
    known = {
        child_id(bytes.fromhex(parent), "swap", "Swap", ordinal).hex()
        for parent in set(of.values())
        for ordinal in (0, 1)
    }
    assert set(of) == known


def test_records_that_are_set_aside_have_no_children(swapping: Workbench) -> None:
    build(swapping)
    found, of = members(swapping), parents(swapping)
    aside = {id_ for id_, row in found.items() if row["split"] == "eval"}
    assert aside
    assert not aside & (set(of) | set(of.values()))
    assert set(of.values()) == {
        id_ for id_, row in found.items() if id_ not in of and row["split"] == "train"
    }


def test_records_add_up_with_what_was_rejected(swapping: Workbench) -> None:
    built = build(swapping, "  - swap: {times: 3, failing: 1}\n  - rules: chat\n")
    counted = {row["step"]: row for row in built.outcome.counts}["swap"]
    assert (counted["in"], counted["added"]) == (40, 120)
    assert counted["in"] + counted["added"] == counted["kept"] + counted["dropped"]
    dropped = rows(swapping, "SELECT * FROM ledger WHERE step = 'swap' AND action = 'drop'")
    assert counted["dropped"] == len({row["id"] for row in dropped})
    assert Counter(row["rule"] for row in dropped)["ordinal"] == 40
    one = next(row for row in dropped if row["rule"] == "ordinal")
    assert (one["value"], one["limit"], one["of"]) == ("1", "0", None)
    added = rows(swapping, f"SELECT * FROM ledger WHERE action = 'add' AND id = '{one['id']}'")
    assert [row["after"] for row in added] == [one["before"]]
    assert not {row["id"] for row in dropped} & set(members(swapping))


def test_the_ledger_says_where_a_child_differs(swapping: Workbench) -> None:
    build(swapping)
    found = members(swapping)
    added = rows(swapping, "SELECT * FROM ledger WHERE action = 'add'")
    for row in (row for row in added if row["id"] in found):
        assert row["field"] == "messages[0].content"
        old = found[row["of"]]["messages"][0]["content"]
        new = found[row["id"]]["messages"][0]["content"]
        for span in reversed(row["spans"]):
            moved = sum(
                one["length"] - (one["end"] - one["start"])
                for one in row["spans"]
                if one["start"] < span["start"]
            )
            put = new[span["start"] + moved : span["start"] + moved + span["length"]]
            old = old[: span["start"]] + put + old[span["end"] :]
        assert old == new


def test_a_candidate_that_is_its_parent_is_no_record(swapping: Workbench) -> None:
    built = build(swapping, "  - swap: {empty: true}\n")
    assert built.outcome.records == 40
    dropped = rows(swapping, "SELECT DISTINCT rule FROM ledger WHERE action = 'drop'")
    assert [row["rule"] for row in dropped] == ["unchanged"]


def test_what_any_record_says_already_is_no_record(bench: Workbench) -> None:
    write_swap(bench)
    said = [("two words", "a"), ("words two", "a"), ("three words", "c")]
    bench.write([{"prompt": prompt, "response": answer} for prompt, answer in said])
    build(bench, "  - swap: {times: 2}\n")
    found, of = members(bench), parents(bench)
    # Of the two records that are each other's only swap nothing comes; of the third one child.
    prompts = sorted(row["messages"][0]["content"] for row in found.values())
    assert prompts == ["three words", "two words", "words three", "words two"]
    dropped = rows(bench, "SELECT id, rule, \"of\" FROM ledger WHERE action = 'drop'")
    assert {row["rule"] for row in dropped} == {"duplicate"}
    assert all(row["of"] in found for row in dropped)
    assert len(of) == 6
    assert len(dropped) == 5


def test_batches_workers_order_and_fusion_change_nothing(
    swapping: Workbench, tmp_path: Path
) -> None:
    steps = f"{STEPS}  - repair\n  - rules: chat\n  - near_dedup: {{threshold: 0.9}}\n"
    first = build(swapping, steps).version
    assert first is not None
    ways: list[dict[str, Any]] = [
        {"batch_size": 7},
        {"batch_size": 3, "workers": 2, "allow_code": (swapping.folder / "swap.py",)},
        {"fuse": False},
    ]
    for number, options in enumerate(ways):
        other = Workbench(tmp_path / str(number))
        other.write(list(reversed(tickets(40))))
        version = build(other, steps, **options).version
        assert version is not None
        assert version.snapshot == first.snapshot


def test_what_was_made_is_not_made_again(swapping: Workbench) -> None:
    build(swapping)
    swapping.write(tickets(60))
    built = build(swapping, f"{STEPS}  - repair\n")
    assert "swap" not in built.reused
    again = build(swapping, f"{STEPS}  - rules: chat\n")
    assert "swap" in again.reused
    files = list((swapping.store.folder / "cache" / "expanded").glob("*/*.parquet"))
    assert len(files) == 2


def test_other_records_and_another_seed_leave_ids_and_children_alone(swapping: Workbench) -> None:
    build(swapping)
    more = {"ticket": "T-40", "prompt": "quite another thing to say", "response": "b"}
    swapping.write([*tickets(40), more])
    build(swapping)
    before, after = members(swapping, 1), members(swapping, 2)
    assert all(after[id_]["hash"] == row["hash"] for id_, row in before.items())
    build(swapping, "  - swap: {times: 2}\n", seed=7)
    build(swapping, "  - swap: {times: 2}\n", seed=8)
    assert set(parents(swapping, 3)) == set(parents(swapping, 4))


def test_a_record_that_is_there_several_times_has_children_once(swapping: Workbench) -> None:
    build(swapping, "  - bags: {count: 3, by: source}\n  - swap\n")
    found = rows(swapping, "SELECT DISTINCT id, copy FROM members")
    of = parents(swapping)
    assert len({row["id"] for row in found}) < len(found)
    assert all(row["copy"] == 0 for row in found if row["id"] in of)
    assert len(set(of.values())) == len(of) > 30


def test_a_child_is_judged_by_itself(swapping: Workbench) -> None:
    build(swapping, "  - swap\n  - drop: {where: words > 0, field: prompt}\n")
    assert members(swapping) == {}
    dropped = rows(swapping, "SELECT DISTINCT id FROM ledger WHERE step = 'drop'")
    assert set(parents(swapping)) & {row["id"] for row in dropped}


def test_a_step_of_the_same_name_makes_no_child_twice(swapping: Workbench) -> None:
    build(swapping)
    stored = "{ref: support@1}"
    steps = "  - swap: {times: 2}\n"
    again = swapping.build(swapping.recipe(steps, stored, "more", seed=8))
    assert "are there already" in " ".join(again.outcome.manifest["notes"]["swap"])
    named = "  - swap: {name: other}\n"
    more = swapping.build(swapping.recipe(named, stored, "most", seed=9))
    assert more.version is not None
    now = {id_.hex() for id_ in more.version.members()["id"].to_pylist()}
    assert now > set(members(swapping))


def test_what_an_expansion_gets_wrong_stops_the_build(swapping: Workbench) -> None:
    with pytest.raises(OperatorError, match=r"step swap.*40 contents, but 0 parents"):
        build(swapping, "  - swap: {wrong: true}\n")
    assert swapping.store.latest("support") is None
