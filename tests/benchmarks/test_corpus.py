import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from corpus import write
from corpus_plan import ADDED, BROKEN, PLANTED, Plan
from corpus_records import batches, chunks
from corpus_special import check_digit

from curate.build import build
from curate.fields import field_texts
from curate.recipe import load_recipe
from curate.store import Store
from curate.store.snapshot import snapshot_id

RECORDS = 3_000
SNAPSHOT = "715eae3bcc0b8fbd535f2d6e51476f308392ce2a16c9e2d68527816ca78e92cc"


def made(version: int) -> tuple[pa.RecordBatch, Plan]:
    (chunk,) = chunks(RECORDS, version)
    return chunk.batch, chunk.plan


def snapshot(version: int) -> str:
    table = pa.Table.from_batches(batches(RECORDS, version))
    return snapshot_id(table.select(["id", "copy", "hash", "split"]))


def texts(batch: pa.RecordBatch, field: str) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    return np.array(field_texts(batch, field).to_pylist(), object)


def test_a_seed_makes_the_same_records_on_every_machine() -> None:
    assert snapshot(1) == SNAPSHOT


@pytest.mark.parametrize("version", [1, 2])
def test_files_and_arrow_hold_the_same_records(version: int, tmp_path: Path) -> None:
    planted = write(tmp_path, version, RECORDS)
    assert 650 < planted["bytes"] / planted["records"] < 850
    built = build(load_recipe(tmp_path / f"v{version}.yaml"), Store.create(tmp_path / "store"))
    assert built.version is not None
    assert built.version.snapshot == snapshot(version)
    assert built.version.quarantined == planted["broken-line"] > 0
    read, batch = built.version.members(), made(version)[0]
    by_id = dict(zip(batch["id"].to_pylist(), batch["line"].to_pylist(), strict=True))
    assert by_id == dict(zip(read["id"].to_pylist(), read["line"].to_pylist(), strict=True))


def test_what_is_planted_is_there() -> None:
    batch, plan = made(1)
    counts = plan.counts()
    for share in (*PLANTED, BROKEN):
        expected = RECORDS * share.share / 10_000
        assert abs(counts[share.name] - expected) < 5 + 3 * expected**0.5, share.name
    prompts, responses = texts(batch, "prompt"), texts(batch, "response")
    for row in np.flatnonzero(plan.is_kind("exact-duplicate")):
        assert prompts[row] == prompts[plan.base[row]]
        assert responses[row] == responses[plan.base[row]]
    for row in np.flatnonzero(plan.is_kind("near-duplicate")):
        twin, own = responses[plan.base[row]].split(), responses[row].split()
        assert len(twin) == len(own)
        assert 0 < sum(a != b for a, b in zip(twin, own, strict=True)) <= 2
    for prompt in prompts[plan.is_kind("card")]:
        (number,) = re.findall(r"4[\d ]{18}", prompt)
        digits = number.replace(" ", "")
        assert digits[-1] == check_digit(digits[:-1])
    ends = [turns[-1]["content"] for turns in batch["messages"].to_pylist()]
    assert sum(not end for end in ends) == counts["empty-answer"]


def test_the_second_version_differs_by_known_records() -> None:
    first, second, plan = made(1)[0], *made(2)
    old = dict(zip(first["id"].to_pylist(), first["hash"].to_pylist(), strict=True))
    new = dict(zip(second["id"].to_pylist(), second["hash"].to_pylist(), strict=True))
    assert len(new.keys() - old.keys()) == RECORDS * ADDED.share // 10_000
    assert len(old.keys() - new.keys()) == pytest.approx(RECORDS / 100, rel=0.5)
    edited = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    assert edited == set(second["id"].filter(pa.array(plan.edited)).to_pylist())
    assert len(edited) == pytest.approx(RECORDS / 20, rel=0.2)
