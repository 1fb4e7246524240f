"""A tiny model, and a store with conversations, pairs and documents to train it on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.build import Options, build
from curate.recipe import load_recipe
from curate.store import Store
from tests.train.tiny import make_model

CONVERSATIONS = [
    {
        "messages": [
            {"role": "user", "content": f"How do I reset password {number}?"},
            {"role": "assistant", "content": f"Open Settings and choose Reset {number}."},
            {"role": "user", "content": "And then?"},
            {"role": "assistant", "content": f"Yes: the plan ends with month {number}."},
        ]
    }
    for number in range(20)
]

PAIRS = [
    {
        "prompt": [{"role": "user", "content": f"Where is my order {number}?"}],
        "chosen": [{"role": "assistant", "content": f"It arrives tomorrow, order {number}."}],
        "rejected": [{"role": "assistant", "content": "I do not know."}],
    }
    for number in range(12)
]

DOCUMENTS = [{"text": f"Page {number}: the plan ends with this month."} for number in range(5)]

Maker = Callable[..., str]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """A tiny model trains faster on one thread than on several."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "tiny-llama")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for all tests; each dataset in it is built once."""
    return Store.create(tmp_path_factory.mktemp("store") / ".curate")


@pytest.fixture(scope="session")
def dataset(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Builds a dataset from rows and returns its REF; the same name is built once."""
    built: dict[str, str] = {}

    def make(name: str, rows: list[dict[str, Any]], steps: str = "[]") -> str:
        if name not in built:
            folder = tmp_path_factory.mktemp(name)
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
            recipe = folder / "recipe.yaml"
            source = "{path: rows.jsonl, license: cc-by-4.0}"
            recipe.write_text(f"dataset: {name}\nsources: [{source}]\nsteps: {steps}\n")
            version = build(load_recipe(recipe), store, Options(workers=1)).version
            assert version is not None
            built[name] = version.ref
        return built[name]

    return make


@pytest.fixture
def conversations(dataset: Maker) -> str:
    return dataset("support", CONVERSATIONS, "[{split: {eval: 0.2}}]")


@pytest.fixture
def pairs(dataset: Maker) -> str:
    return dataset("pairs", PAIRS)
