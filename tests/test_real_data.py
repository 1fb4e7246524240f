"""The main job on 9,229 real records, where they lie beside the checkout."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Workbench

STEPS = "  - repair\n  - rules: chat\n  - exact_dedup\n"
SOURCE = "{path: data, name: alpaca}"


@pytest.fixture(scope="module")
def alpaca(shared_data: Path) -> list[dict[str, Any]]:
    with gzip.open(shared_data / "sft/alpaca_random_9k.json.gz") as file:
        rows: list[dict[str, Any]] = json.load(file)
    return rows


@pytest.fixture(scope="module")
def reference(alpaca: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> str:
    bench = Workbench(tmp_path_factory.mktemp("reference"))
    bench.write(alpaca)
    built = bench.build(bench.recipe(STEPS, SOURCE))
    for row in built.outcome.counts:
        assert row["in"] + row["added"] == row["kept"] + row["dropped"] + row["quarantined"]
    assert built.outcome.counts[0]["in"] == len(alpaca) == 9229
    assert built.version is not None
    dropped = {row["id"] for row in built.version.ledger().to_pylist() if row["action"] == "drop"}
    assert built.outcome.records + len(dropped) == len(alpaca)
    return built.outcome.snapshot


@pytest.mark.parametrize(
    "options",
    [{"workers": 2, "batch_size": 1000}, {"batch_size": 100}, {"fuse": False}],
    ids=["two workers", "batches of 100", "unfused"],
)
def test_real_records_give_one_snapshot_id_however_they_are_built(
    alpaca: list[dict[str, Any]], reference: str, bench: Workbench, options: dict[str, Any]
) -> None:
    bench.write(alpaca)
    assert bench.build(bench.recipe(STEPS, SOURCE), **options).outcome.snapshot == reference


def test_real_records_give_one_snapshot_id_shuffled_and_renamed(
    alpaca: list[dict[str, Any]], reference: str, bench: Workbench
) -> None:
    bench.write(random.Random(1).sample(alpaca, len(alpaca)), "data/other-name.jsonl")
    assert bench.build(bench.recipe(STEPS, SOURCE)).outcome.snapshot == reference
