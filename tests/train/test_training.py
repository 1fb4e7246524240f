"""Trainings of a tiny model: what is fed, what is written, and that it can be repeated."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file

from curate.errors import RefusedError
from curate.models.files import find_model, hash_folder
from curate.models.loading import load_model, load_tokenizer
from curate.models.rendering import Renderer
from curate.models.tokens import record_name, tokenize
from curate.progress import Silent
from curate.store import Store
from curate.train.config import Request, TrainConfig
from curate.train.fed import fed_hash
from curate.train.run import train
from tests.train.conftest import CONVERSATIONS, DOCUMENTS, PAIRS, Maker

SMALL: dict[str, Any] = {"batch_size": 4, "gradient_accumulation": 1, "logging_steps": 2}
Trained = Callable[..., dict[str, Any]]


@pytest.fixture
def trained(store: Store, model: Path, tmp_path: Path) -> Trained:
    """Train on a REF into a folder of the test."""

    def go(
        ref: str,
        method: str = "sft",
        to: str = "out",
        on: Path = model,
        progress: Any = None,
        resume: bool = False,
        **settings: Any,
    ) -> dict[str, Any]:
        config = TrainConfig.model_validate({"method": method} | SMALL | settings)
        request = Request(ref, str(on), config, tmp_path / to, resume)
        values: dict[str, Any] = train(store, request, progress)
        return values

    return go


def weights(folder: Path) -> dict[str, Any]:
    return load_file(folder / "adapter_model.safetensors")


def same(left: Path, right: Path) -> bool:
    ours, theirs = weights(left), weights(right)
    return ours.keys() == theirs.keys() and all((ours[k] == theirs[k]).all() for k in ours)


def test_a_training_is_fed_exactly_the_snapshot_and_says_so(
    trained: Trained, conversations: str, store: Store, model: Path, tmp_path: Path
) -> None:
    values = trained(conversations, save_steps=2)
    version = store.version(f"{conversations}:train")
    rows = [row for batch in version.batches() for row in batch.to_pylist()]
    tokenizer = load_tokenizer(find_model(str(model)))
    results = tokenize(rows, Renderer(tokenizer, tokenizer.chat_template), 256)
    expected = fed_hash((np.array(r.input_ids), np.array(r.labels)) for r in results)
    assert values["fed_hash"] == expected
    assert values["records"]["fed"] == version.count() == len(rows)
    assert values["snapshot"] == version.snapshot
    assert "eval_loss" in values["metrics"]

    out = tmp_path / "out"
    for folder in (out / "checkpoint-2", out):
        written = json.loads((folder / "curate.json").read_text())
        for name in ("run", "snapshot", "fed_hash", "model_hash", "records", "config"):
            assert written[name] == values[name]
    assert written["status"] == "done"
    card = (out / "README.md").read_text()
    for fact in (version.snapshot, "| cc-by-4.0 |", f"{version.dataset}@{version.number}"):
        assert fact in card
    assert not list(out.glob("*.bin"))

    run = next(run for run in store.runs() if run.run == values["run"])
    assert (run.status, run.snapshot, run.records) == ("done", version.snapshot, len(rows))
    assert (run.fed_hash, run.model_hash) == (expected, hash_folder(model))
    assert values["output_hash"] == find_model(str(out)).hash
    assert find_model(str(out)).run == run.run


def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    trained: Trained, conversations: str, tmp_path: Path
) -> None:
    losses = [
        trained(conversations, to=f"out-{n}", seed=n // 2)["metrics"]["loss"] for n in range(3)
    ]
    assert losses[0] == losses[1] != losses[2]
    assert same(tmp_path / "out-0", tmp_path / "out-1")
    assert not same(tmp_path / "out-0", tmp_path / "out-2")


class Interrupter(Silent):
    """Presses Ctrl-C at a step."""

    def __init__(self, step: int) -> None:
        self.left, self.training = step, False

    def stage(self, name: str, total: int | None) -> None:
        self.training = name == "training"

    def advance(self, units: int) -> None:
        self.left -= units * self.training
        if self.training and self.left == 0:
            signal.raise_signal(signal.SIGINT)


def test_an_interrupted_training_goes_on_to_the_same_weights(
    trained: Trained, conversations: str, store: Store, tmp_path: Path
) -> None:
    trained(conversations, to="whole")
    with pytest.raises(KeyboardInterrupt):
        trained(conversations, to="parts", progress=Interrupter(2))
    before = json.loads((tmp_path / "parts/curate.json").read_text())
    assert before["status"] == "interrupted"
    assert (tmp_path / "parts/checkpoint-2").is_dir()
    with pytest.raises(RefusedError, match=r"config\.learning_rate was null, and is 0\.01"):
        trained(conversations, to="parts", resume=True, learning_rate=0.01)
    (tmp_path / "parts/checkpoint-900").mkdir()  # one that was never finished
    values = trained(conversations, to="parts", resume=True)
    assert same(tmp_path / "whole", tmp_path / "parts")
    assert values["run"] == before["run"]
    assert {run.run: run.status for run in store.runs()}[values["run"]] == "done"


def test_resume_refuses_another_snapshot_and_a_used_folder_is_refused(
    trained: Trained, conversations: str, dataset: Maker
) -> None:
    trained(conversations, max_steps=1)
    other = dataset("support-2", CONVERSATIONS[:8])
    with pytest.raises(RefusedError, match="snapshot was"):
        trained(other, max_steps=1, resume=True)
    with pytest.raises(RefusedError, match="not empty"):
        trained(conversations, max_steps=1)


def test_dpo_reports_rewards_and_the_pairs_that_trl_drops(
    trained: Trained, dataset: Maker, store: Store
) -> None:
    long = {"prompt": [{"role": "user", "content": "why? " * 200}]}
    ref = dataset("pairs-long", [*PAIRS, PAIRS[0] | long])
    values = trained(ref, "dpo", learning_rate=0.01, max_length=128)
    metrics = values["metrics"]
    assert metrics["rewards/accuracies"] == 1.0
    assert metrics["rewards/margins"] > 0.01
    rows = [row for batch in store.version(ref).batches() for row in batch.to_pylist()]
    dropped = [record_name(r) for r in rows if len(r["messages"][0]["content"]) > 500]
    assert list(values["records"]["excluded"]) == dropped
    assert values["records"]["fed"] == len(PAIRS)
    run = next(run for run in store.runs() if run.run == values["run"])
    assert run.records == len(PAIRS)


def test_dpo_on_an_sft_adapter_keeps_the_merged_base_and_names_the_chain(
    trained: Trained, conversations: str, pairs: str, tmp_path: Path
) -> None:
    first = trained(conversations, to="sft", learning_rate=0.01)
    values = trained(pairs, "dpo", to="dpo", on=tmp_path / "sft")
    assert values["model"]["run"] == first["run"]
    assert values["model"]["base"]["hash"] == first["model_hash"]
    result = find_model(str(tmp_path / "dpo"))
    assert result.base is not None
    assert result.base.hash == values["model"]["trained_on"] == hash_folder(tmp_path / "dpo/base")
    merged = load_model(find_model(str(tmp_path / "sft")), "float32").state_dict()
    base = load_model(result.base, "float32").state_dict()
    assert all((merged[name] == base[name]).all() for name in merged)


def test_an_adapter_on_another_base_is_refused(
    trained: Trained, conversations: str, tmp_path: Path
) -> None:
    from tests.train.tiny import make_model

    base = make_model(tmp_path / "base-model", seed=1)
    trained(conversations, on=base, max_steps=1)
    make_model(base, seed=2)
    with pytest.raises(RefusedError, match="it was trained on the model"):
        find_model(str(tmp_path / "out"))


def test_packing_feeds_the_same_records_and_lets_none_see_another(
    trained: Trained, conversations: str
) -> None:
    once = {"batch_size": 16, "max_steps": 1, "lora_dropout": 0}
    plain = trained(conversations, to="plain", **once)
    packed = trained(conversations, to="packed", packing=True, **once)
    assert packed["fed_hash"] == plain["fed_hash"]
    gradients = [values["metrics"]["grad_norm"] for values in (plain, packed)]
    assert gradients[0] == pytest.approx(gradients[1], rel=1e-5)


def test_pairs_are_rendered_by_our_template_with_its_arguments(
    trained: Trained, pairs: str, tmp_path: Path
) -> None:
    template = tmp_path / "loud.jinja"
    loud = (
        "{{ 'LOUD ' * (times or 0) }}{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}"
    )
    template.write_text(loud)
    settings = {"chat_template": str(template), "max_steps": 1}
    quiet = trained(pairs, "dpo", to="quiet", **settings)
    louder = trained(pairs, "dpo", to="loud", template_arguments={"times": 3}, **settings)
    more = louder["records"]["tokens"] - quiet["records"]["tokens"]
    assert more > 0
    assert louder["records"]["trained_tokens"] == quiet["records"]["trained_tokens"]
    assert more % (2 * len(PAIRS)) == 0


def test_documents_train_all_weights_without_a_chat_template(
    trained: Trained, dataset: Maker, tmp_path: Path
) -> None:
    values = trained(dataset("documents", DOCUMENTS), adapter="none", learning_rate=0.01)
    assert values["records"]["trained_tokens"] == values["records"]["tokens"] - len(DOCUMENTS)
    assert (tmp_path / "out/model.safetensors").is_file()
    assert find_model(str(tmp_path / "out")).hash != values["model_hash"]


def test_qlora_trains_an_adapter_on_four_bits(
    trained: Trained, conversations: str, tmp_path: Path
) -> None:
    pytest.importorskip("bitsandbytes")
    values = trained(conversations, adapter="qlora", max_steps=2, learning_rate=0.01)
    assert values["status"] == "done"
    learnt = [w for name, w in weights(tmp_path / "out").items() if "lora_B" in name]
    assert learnt
    assert all(w.abs().max() > 0 for w in learnt)


def test_dpo_of_all_weights_is_held_to_the_model_it_began_with(
    trained: Trained, pairs: str
) -> None:
    values = trained(pairs, "dpo", adapter="none", learning_rate=1e-3)
    assert values["metrics"]["rewards/accuracies"] == 1.0


def test_a_loss_that_is_no_number_fails_the_run(
    trained: Trained, conversations: str, store: Store
) -> None:
    with pytest.raises(RefusedError, match="the loss is nan"):
        trained(conversations, adapter="none", learning_rate=1e30, max_grad_norm=1e30)
    assert store.runs()[-1].status == "failed"
