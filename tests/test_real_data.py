"""The main job on 9,229 real records, and what the packs find in such, where there are some."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibrate import figures

from curate.rulepacks import pack_bytes, parse_pack
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


def test_a_training_on_real_records_leads_back_to_them_and_is_fed_all_of_them(
    alpaca: list[dict[str, Any]], bench: Workbench
) -> None:
    """What the trainer held is decoded again and compared with the records, one by one."""
    pytest.importorskip("trl", reason="the extra train is not installed")
    from curate.models.files import find_model
    from curate.models.loading import load_tokenizer
    from curate.models.rendering import Renderer
    from curate.models.tokens import IGNORED, tokenize
    from curate.train.config import Request, TrainConfig
    from curate.train.fed import fed_hash
    from curate.train.run import train
    from tests.train.tiny import make_model

    bench.write(alpaca[:2000])
    version = bench.build(bench.recipe(STEPS, SOURCE)).version
    assert version is not None
    model = make_model(bench.folder / "tiny")
    config = TrainConfig(method="sft", max_steps=1, max_length=256)
    values = train(bench.store, Request(version.ref, str(model), config, bench.folder / "out"))

    beside = json.loads((bench.folder / "out" / "curate.json").read_text())
    found = bench.store.version(f"{beside['dataset']}@{beside['version']}")
    assert found.snapshot == beside["snapshot"] == version.snapshot
    assert beside["recipe_hash"] == version.recipe_hash

    rows = [row for batch in version.batches() for row in batch.to_pylist()]
    tokenizer = load_tokenizer(find_model(str(model)))
    results = tokenize(rows, Renderer(tokenizer, tokenizer.chat_template), 256)
    kept = [result for result in results if result.excluded is None]
    assert values["records"]["fed"] == len(kept)
    assert values["records"]["read"] == version.count()
    assert len(values["records"]["excluded"]) == version.count() - len(kept)
    fed = fed_hash((np.array(r.input_ids), np.array(r.labels)) for r in kept)
    assert values["fed_hash"] == fed
    for row, result in zip(rows, results, strict=True):
        if result.excluded is None and not result.notes:
            answer = tokenizer.decode([label for label in result.labels if label != IGNORED])
            assert answer.removesuffix(tokenizer.eos_token) == row["messages"][-1]["content"]


def test_the_pack_for_chat_finds_what_experts_mended_and_leaves_what_people_wrote(
    shared_data: Path,
) -> None:
    """The halves were split before the first rule was chosen; the one held out decides."""
    values = figures(parse_pack(pack_bytes("chat")), "response", shared_data)
    assert values["human"]["share"] < 0.03
    for half in ("held out", "all"):
        compared = values["revisions"]["any rule"][half]
        assert compared["raw"]["share"] > 0.04
        assert compared["revised"]["share"] < compared["raw"]["share"] / 2
        assert compared["p"] < 0.001
