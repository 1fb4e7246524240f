"""Bags in builds: balanced subsets that a REF can name, each drawn anew."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curate.errors import RefusedError
from curate.mixing.bagging import bag
from tests.conftest import Workbench
from tests.operators.topical import built, topics

SIZES = {"code": 60, "chat": 30, "math": 10}


def rows(**sizes: int) -> list[dict[str, Any]]:
    return [
        {"n": f"{topic}{n}", "topic": topic, "prompt": f"{topic} {n}?", "response": "Yes."}
        for topic, size in (sizes or SIZES).items()
        for n in range(size)
    ]


@pytest.fixture
def topical(bench: Workbench) -> Workbench:
    bench.write(rows())
    return bench


def test_each_bag_is_balanced_and_a_split_of_its_own(topical: Workbench) -> None:
    version = built(topical, "  - bags: {count: 5, by: labels.topic}\n")
    assert version.splits() == {f"bag-{number}": 30 for number in range(1, 6)}
    ids = []
    for number in range(1, 6):
        part = topical.store.version(f"support:bag-{number}")
        assert topics(part) == {"code": 10, "chat": 10, "math": 10}
        members = part.members()["id"].to_pylist()
        assert len(set(members)) == 30
        ids.append(set(members))
    assert len(set.intersection(*ids)) < 15
    assert len(set.union(*ids)) > 50
    assert version.manifest["notes"]["bags"][-1].startswith("together they use ")


def test_a_record_of_several_bags_has_a_copy_in_each_and_the_ledger_names_them(
    topical: Workbench,
) -> None:
    version = built(topical, "  - bags: {count: 3, by: labels.topic}\n")
    rows = [row for row in version.ledger().to_pylist() if row["action"] == "copy"]
    splits: dict[bytes, list[str]] = {}
    for member in version.members().to_pylist():
        splits.setdefault(member["id"], []).append(member["split"])
    assert rows and all(json.loads(row["value"]) == splits[row["id"]] for row in rows)
    gone = [row for row in version.ledger().to_pylist() if row["action"] == "drop"]
    assert {row["rule"] for row in gone} == {"bags-undrawn"}
    assert len(gone) + len(splits) == sum(SIZES.values())


def test_bags_may_be_asked_for_by_their_number_alone(topical: Workbench) -> None:
    version = built(topical, "  - bags: 2\n")
    assert version.splits() == {"bag-1": 100, "bag-2": 100}
    assert "all bags are alike" in version.manifest["notes"]["bags"][-1]


def test_what_is_set_aside_is_in_no_bag(topical: Workbench) -> None:
    steps = "  - split: {eval: 0.3, by: id}\n  - bags: {count: 2, by: labels.topic}\n"
    splits = built(topical, steps).splits()
    assert set(splits) == {"eval", "bag-1", "bag-2"}
    assert splits["eval"] > 10


def test_bags_stay_when_data_grows(topical: Workbench) -> None:
    steps = "  - bags: {count: 2, by: labels.topic, to: 10}\n"
    before = {(row["id"], row["split"]) for row in built(topical, steps).members().to_pylist()}
    topical.write(rows(code=61, chat=31, math=10))
    after = {(row["id"], row["split"]) for row in built(topical, steps).members().to_pylist()}
    assert len(before - after) <= 4


def test_bags_are_the_same_whatever_the_batches(topical: Workbench) -> None:
    steps = "  - bags: {count: 2, by: labels.topic, replace: true}\n"
    version = built(topical, steps)
    assert built(topical, steps, batch_size=9).snapshot == version.snapshot


def test_drawing_with_replacement_fills_small_slices(topical: Workbench) -> None:
    version = built(topical, "  - bags: {count: 2, by: labels.topic, to: 20, replace: true}\n")
    part = topical.store.version("support:bag-1")
    assert topics(part) == {"code": 20, "chat": 20, "math": 20}
    assert version.splits() == {"bag-1": 60, "bag-2": 60}


def test_a_bootstrap_leaves_out_a_third() -> None:
    ids = pa.array([n.to_bytes(16, "little") for n in range(20_000)], pa.binary(16))
    times = bag(ids, np.zeros(20_000, np.int64), {0: 20_000}, 3, replace=True)
    assert times.sum() == 20_000
    assert (times == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)


def test_a_label_that_nothing_has_is_told(topical: Workbench) -> None:
    with pytest.raises(RefusedError, match=r"no record to learn from has a value of labels\.tpic"):
        built(topical, "  - bags: {by: labels.tpic}\n")
