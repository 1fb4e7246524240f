"""Law 4: equal input, recipe and seed give an equal snapshot, by whatever route."""

import gzip
import json
import random
from typing import Any

import pytest

from tests.conftest import Workbench, tickets

ROWS = tickets(60)


def snapshot(bench: Workbench, **options: Any) -> str:
    return bench.build(**options).outcome.snapshot


@pytest.fixture
def reference(filled: Workbench) -> str:
    filled.write(ROWS)
    return snapshot(filled, dry_run=True)


@pytest.mark.parametrize(
    "options",
    [{"batch_size": 7}, {"batch_size": 1}, {"fuse": False}, {"workers": 2, "batch_size": 9}],
)
def test_batches_workers_and_fusion_change_nothing(
    filled: Workbench, reference: str, options: dict[str, Any]
) -> None:
    filled.write(ROWS)
    assert snapshot(filled, dry_run=True, **options) == reference


def test_fused_and_single_steps_write_the_same_ledger(filled: Workbench) -> None:
    fused = filled.build()
    other = Workbench(filled.folder / "other")
    other.write(tickets(40))
    single = other.build(fuse=False, batch_size=3)
    assert fused.version is not None
    assert single.version is not None
    assert fused.version.ledger().equals(single.version.ledger())
    assert fused.outcome.counts == single.outcome.counts


def test_the_order_of_lines_changes_nothing(filled: Workbench, reference: str) -> None:
    filled.write(random.Random(3).sample(ROWS, len(ROWS)))
    assert snapshot(filled) == reference


def test_renaming_or_splitting_or_compressing_a_file_changes_nothing(
    filled: Workbench, reference: str
) -> None:
    (filled.folder / "data/tickets.jsonl").unlink()
    filled.write(ROWS[:20], "data/b.jsonl")
    filled.write(ROWS[20:], "data/a.jsonl")
    assert snapshot(filled) == reference
    (filled.folder / "data/a.jsonl").unlink()
    packed = "\n".join(json.dumps(row) for row in ROWS[20:]).encode()
    (filled.folder / "data/z.jsonl.gz").write_bytes(gzip.compress(packed))
    assert snapshot(filled) == reference


def test_the_seed_and_the_name_of_the_source_do_change_it(
    filled: Workbench, reference: str
) -> None:
    filled.write(ROWS)
    assert filled.build(filled.recipe(seed=8)).outcome.snapshot != reference
    named = filled.recipe(source="{path: data, name: calls}")
    assert filled.build(named).outcome.snapshot != reference


def test_whole_equal_records_get_an_identity_each(bench: Workbench) -> None:
    row = {"prompt": "a", "response": "b"}
    bench.write([row, row, {"prompt": "c", "response": "d"}, row])
    version = bench.build(bench.recipe("")).version
    assert version is not None
    ids = version.members().column("id").to_pylist()
    assert len(set(ids)) == 4
    assert not version.warnings


def test_equal_texts_with_different_labels_are_different_records(bench: Workbench) -> None:
    bench.write([{"prompt": "a", "response": "b", "topic": t} for t in ("x", "y")])
    mapped = (
        "{path: data, name: t, map: {prompt: prompt, response: response, labels: {topic: topic}}}"
    )
    version = bench.build(bench.recipe("", source=mapped)).version
    assert version is not None
    assert len(set(version.members().column("hash").to_pylist())) == 2


def test_a_key_is_the_identity_through_edits(bench: Workbench) -> None:
    keyed = bench.recipe("", source="{path: data, name: t, key: ticket}")
    bench.write(ROWS)
    first = bench.build(keyed).version
    changed = [row | {"response": row["response"] + " Then wait."} for row in ROWS]
    bench.write(changed)
    second = bench.build(keyed).version
    assert first is not None
    assert second is not None
    assert first.members().column("id").equals(second.members().column("id"))
    assert first.snapshot != second.snapshot


def test_without_a_key_identity_is_the_whole_record_wherever_it_stands(bench: Workbench) -> None:
    bench.write(ROWS)
    first = bench.build(bench.recipe("")).version
    bench.write([{"prompt": "new", "response": "first line"}, *ROWS])
    second = bench.build(bench.recipe("")).version
    assert first is not None
    assert second is not None
    before, after = (set(v.members().column("id").to_pylist()) for v in (first, second))
    assert before < after
    assert len(after - before) == 1


def test_a_repeated_key_gets_an_ordinal_and_a_warning(bench: Workbench) -> None:
    rows = [{"ticket": "T-1", "prompt": "a", "response": r} for r in ("x", "y", "z")]
    keyed = bench.recipe("", source="{path: data, name: t, key: ticket}")
    bench.write(rows)
    first = bench.build(keyed)
    bench.write(rows[::-1])
    second = bench.build(keyed)
    assert first.outcome.records == 3
    assert first.outcome.snapshot == second.outcome.snapshot
    assert "2 records repeat a key" in first.outcome.warnings[0]


def test_a_build_that_changes_nothing_makes_no_version(filled: Workbench) -> None:
    first, second = filled.build(), filled.build()
    assert first.is_new
    assert not second.is_new
    assert second.version is not None
    assert second.version.number == 1
