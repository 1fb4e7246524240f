"""The demonstration data: made again byte by byte, and every planted fault found by a build."""

import json
from pathlib import Path
from typing import Any

import pytest

from curate.build import build
from curate.hashing import record_id
from curate.models.files import find_model
from curate.models.loading import load_model, load_tokenizer
from curate.recipe import load_recipe
from curate.rules.demo.make_data import main
from curate.rules.demo.make_model import main as make_model
from curate.store import Store, Version

RULES = Path(__file__).parents[1] / "rules"
DEMO = RULES / "demo"
MADE = ("tickets.jsonl", "preferences.jsonl", "planted.json")
PLANTED: dict[str, Any] = json.loads((DEMO / "planted.json").read_text("utf-8"))

RULE_BY_FAULT = {"identical": "pair-identical", "identical-once-repaired": "pair-identical"}
"""Faults that rules find, by the rule's id where that is not the fault's own name."""


def test_the_data_is_what_its_generator_makes(tmp_path: Path) -> None:
    main(tmp_path)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes(), name


def test_the_data_is_small() -> None:
    assert sum(file.stat().st_size for file in DEMO.iterdir() if file.is_file()) < 400_000


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Version]:
    """What the recipes build, by the file they read; of the tickets the second version."""
    store = Store.create(tmp_path_factory.mktemp("demo") / "store")
    recipes = {"tickets.jsonl": "quickstart-2", "preferences.jsonl": "preferences"}
    found = {}
    for file, recipe in recipes.items():
        built = build(load_recipe(RULES / "recipes" / f"{recipe}.yaml"), store)
        assert built.version is not None
        found[file] = built.version
    return found


def _ids(file: str, fault: dict[str, Any], which: str = "keys") -> list[bytes]:
    """The identities of the planted records: their source and key give them."""
    source = file.removesuffix(".jsonl")
    return [record_id(source, json.dumps(key).encode()) for key in fault[which]]


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file in PLANTED for name in PLANTED[file]["faults"]]
)
def test_a_build_finds_every_planted_fault(
    versions: dict[str, Version], file: str, name: str
) -> None:
    version, fault = versions[file], PLANTED[file]["faults"][name]
    if fault["expect"] == "quarantined":
        assert sorted(version.quarantine()["line"].to_pylist()) == fault["lines"]
        return
    members = set(version.members()["id"].to_pylist())
    rows = version.ledger().to_pylist()
    wanted = "edit" if fault["expect"] == "edited" else "drop"
    rules = {(row["id"], row["rule"]) for row in rows if row["action"] == wanted}
    touched = {found for found, _ in rules}
    ids = _ids(file, fault)
    if name == "exact-duplicate":
        for one, other in zip(ids, _ids(file, fault, "twins"), strict=True):
            assert len({one, other} & members) == 1, "one of two twins stays"
            assert len({one, other} & touched) == 1
        return
    assert set(ids) <= touched
    if wanted == "edit":
        drops = {row["rule"] for row in rows if row["action"] == "drop" and row["id"] in ids}
        assert drops <= {"too-short"}, "a repaired record stays"
    else:
        assert not set(ids) & members
        assert {(one, RULE_BY_FAULT.get(name, name)) for one in ids} <= rules


@pytest.mark.parametrize("file", PLANTED)
def test_nothing_sound_is_dropped_but_what_is_too_short_for_the_house(
    versions: dict[str, Version], file: str
) -> None:
    planted = PLANTED[file]
    lost = sum(
        fault["count"]
        for fault in planted["faults"].values()
        if fault["expect"] in ("dropped", "quarantined")
    )
    rows = versions[file].ledger().to_pylist()
    rules: dict[bytes, set[str]] = {}
    for row in rows:
        if row["action"] == "drop":
            rules.setdefault(row["id"], set()).add(row["rule"])
    short = [found for found in rules.values() if found == {"too-short"}]
    assert len(short) < 10
    assert versions[file].records == planted["lines"] - lost - len(short)


def test_the_two_versions_differ_by_the_rules_of_the_house_alone(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    first, second = (
        build(load_recipe(RULES / "recipes" / f"{name}.yaml"), store).version
        for name in ("quickstart", "quickstart-2")
    )
    assert first is not None
    assert second is not None
    before, after = (set(one.members()["id"].to_pylist()) for one in (first, second))
    house = [row["id"] for row in second.ledger().to_pylist() if row["step"] == "house"]
    assert after == before - set(house)
    assert after < before
    assert set(second.splits()) == {"train", "eval"}


def test_the_tiny_model_can_be_loaded_and_its_tokenizer_writes_any_text(tmp_path: Path) -> None:
    make_model(tmp_path)
    found = find_model(str(tmp_path))
    tokenizer = load_tokenizer(found)
    text = "Grüße aus Łódź 🙂\n\tif x:\x07 Ωmega"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert load_model(found).num_parameters() < 1_000_000
