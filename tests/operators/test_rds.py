"""Selecting what is like a target: the definition of RDS+, the check, and the baselines."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curate.errors import CurateError
from curate.operators.rds import Rds
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench, write_lines
from tests.operators.likelihoods import made

torch = pytest.importorskip("torch")
SOURCE = "{path: data, name: t, key: n}"
COPIED = "Where in the world is my order of nine large green bottles today?"


def talk(n: int, prompt: str, response: str) -> dict[str, Any]:
    return {"n": f"{n:03}", "prompt": prompt, "response": response}


def pool() -> list[dict[str, Any]]:
    """Questions of different lengths about a few things, one of them a test question's twin."""
    random = np.random.default_rng(4)
    things = ["password", "order", "plan", "invoice", "device", "lamp"]
    rows = []
    for n in range(50):
        words = random.choice(things, 3 + n % 7).tolist()
        rows.append(talk(n, f"What of my {' and '.join(words)}?", f"The {words[0]} is fine."))
    return [*rows, talk(50, COPIED, "It was sent on Monday.")]


TASKS: dict[str, list[dict[str, str]]] = {
    "orders.jsonl": [{"prompt": COPIED}, {"prompt": "Where is my order?"}],
    "lamps.jsonl": [{"prompt": "The lamp blinks twice.", "response": "Press it."}],
}


@pytest.fixture
def aimed(bench: Workbench, folder: Path) -> Workbench:
    bench.write(pool())
    for name, rows in TASKS.items():
        write_lines(bench.folder / "target" / name, rows)
    (bench.folder / "lm").symlink_to(folder)
    return bench


TARGET = "target: [target/orders.jsonl, target/lamps.jsonl], model: lm"


def built(bench: Workbench, settings: str, **options: Any) -> Any:
    return bench.build(bench.recipe(f"  - rds: {{{settings}}}\n", SOURCE), **options).version


def certificate(version: Any) -> Any:
    (found,) = [one for one in version.certificates if one["kind"] == "targeted selection"]
    return found


def directions(folder: Path, version: Any) -> tuple[list[bytes], Any]:
    from curate.fields import field_texts

    (batch,) = list(version.batches())
    texts = field_texts(batch, "conversation")
    return batch["id"].to_pylist(), _units(folder, texts)


def _units(folder: Path, texts: pa.StringArray) -> Any:
    found = made("hidden_state", folder).measure(texts)["hidden_state"].to_pylist()
    vectors = np.array([np.frombuffer(each, "<i2") for each in found], np.float64)
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


def by_definition(aimed: Workbench, folder: Path, wanted: int) -> list[bytes]:
    """Task by task in turn the nearest record that is left, by any of its instances."""
    everything = aimed.build(aimed.recipe("", SOURCE, "all")).version
    ids, given = directions(folder, everything)
    orders = []
    for name in TASKS:
        task = aimed.build(
            aimed.recipe("", f"{{path: target/{name}, name: x}}", f"task-{name[0]}")
        ).version
        near = (given @ directions(folder, task)[1].T).max(axis=1)
        orders.append(sorted(range(len(ids)), key=lambda row: (-near[row], ids[row])))
    taken: list[int] = []
    while len(taken) < wanted:
        order = orders[len(taken) % len(orders)]
        taken.append(next(row for row in order if row not in taken))
    return [ids[row] for row in taken]


def test_tasks_take_their_nearest_records_in_turn(aimed: Workbench, folder: Path) -> None:
    version = built(aimed, f"{TARGET}, top: 11")
    assert set(version.members()["id"].to_pylist()) == set(by_definition(aimed, folder, 11))
    told = certificate(version)
    assert [(one["name"], one["instances"], one["taken"]) for one in told["tasks"]] == [
        ("target/orders.jsonl", 2, 6),
        ("target/lamps.jsonl", 1, 5),
    ]
    gone = version.ledger().to_pylist()
    assert {row["rule"] for row in gone} == {"rds-below"}
    assert all(float(row["value"]) <= float(row["limit"]) for row in gone)


def test_the_choice_is_nearer_to_the_target_than_its_baselines(aimed: Workbench) -> None:
    one = "target: target/orders.jsonl, model: lm, top: 0.2"
    version = built(aimed, one)
    told = certificate(version)["compared"]
    assert list(told) == ["rds", "random", "longest", "length-matched"]
    assert version.records == told["rds"]["records"] == 10
    for name in list(told)[1:]:
        assert told["rds"]["score"] > told[name]["score"]
        assert told["rds"]["reached"] >= told[name]["reached"]
    drawn = built(aimed, f"{one}, method: random")
    assert drawn.records == told["random"]["records"]
    assert certificate(drawn)["compared"] == told
    assert {row["rule"] for row in drawn.ledger().to_pylist()} == {"rds-not-drawn"}


def test_text_of_the_target_is_named_and_dropped_only_where_asked(aimed: Workbench) -> None:
    kept = built(aimed, f"{TARGET}, top: 12")
    told = certificate(kept)
    assert kept.records == 12
    assert not told["holds"]
    (hit,) = told["contamination"]["hits_listed"]
    assert (hit["suite"], hit["kind"], hit["share"]) == ("target/orders.jsonl", "question", 1.0)
    notes = kept.manifest["notes"]["rds"]
    assert any(line.startswith("1 of the 12 records chosen share more") for line in notes)
    assert any(hit["id"] in line and hit["instance"] in line for line in notes)
    dropped = built(aimed, f"{TARGET}, top: 12, contaminated: drop")
    assert dropped.records == 11
    assert certificate(dropped)["holds"]
    (row,) = [row for row in dropped.ledger().to_pylist() if row["rule"] == "contaminated"]
    assert (row["id"].hex(), row["of"].hex(), row["value"]) == (hit["id"], hit["instance"], "1.0")


def test_a_choice_without_text_of_the_target_says_so(aimed: Workbench) -> None:
    version = built(aimed, "target: target/lamps.jsonl, model: lm, top: 5")
    assert certificate(version)["holds"]
    assert any(
        line.startswith("none of the 5 records") for line in version.manifest["notes"]["rds"]
    )


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 11}])
def test_how_a_build_is_cut_changes_nothing(aimed: Workbench, options: dict[str, Any]) -> None:
    once = built(aimed, f"{TARGET}, top: 9")
    other = Workbench(aimed.folder)
    other.store = type(aimed.store).create(aimed.folder / "other")
    other.write(pool()[::-1])
    assert built(other, f"{TARGET}, top: 9", **options).snapshot == once.snapshot


def test_nothing_is_represented_again_for_another_budget(
    aimed: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(aimed, f"{TARGET}, top: 9")

    def never(*given: object) -> None:
        raise AssertionError("represented again")

    monkeypatch.setattr("curate.models.represented.directions", never)
    assert built(aimed, f"{TARGET}, top: 5, method: longest").records
    assert built(aimed, f"{TARGET}, top: 12, contaminated: drop").records


def test_a_recipe_may_aim_twice(aimed: Workbench) -> None:
    steps = "".join(
        f"  - rds: {{target: target/{name}, model: lm, top: {top}}}\n"
        for name, top in (("orders.jsonl", 20), ("lamps.jsonl", 6))
    )
    version = aimed.build(aimed.recipe(steps, SOURCE)).version
    assert version is not None
    assert version.records == 6
    names = [step["name"] for step in version.recipe["steps"]]
    assert names == ["rds-hidden_state", "rds", "rds-2-hidden_state", "rds-2"]


def test_what_is_set_aside_stays(aimed: Workbench) -> None:
    steps = f"  - split: {{eval: 0.2, by: id}}\n  - rds: {{{TARGET}, top: 6}}\n"
    version = aimed.build(aimed.recipe(steps, SOURCE)).version
    assert version is not None
    splits = version.members()["split"].to_pylist()
    assert splits.count("train") == 6
    assert splits.count("eval") == 10


def test_a_name_is_no_part_of_what_is_computed(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = str(shutil.copytree(folder, tmp_path / "copy"))
    given: dict[str, Any] = {"target": "a.jsonl", "top": 5}
    one, other = (Rds(model=where, **given) for where in (str(folder), copy))
    assert one.fingerprint() == other.fingerprint()
    assert one.model_dump_json() == other.model_dump_json()
    assert one.facts_fingerprint() == Rds(model=copy, target="b.jsonl", top=7).facts_fingerprint()
    assert one.facts_fingerprint() != Rds(model=copy, max_tokens=9, **given).facts_fingerprint()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("target: target/no-such.jsonl, model: lm, top: 5", "no-such"),
        ("target: [target/lamps.jsonl, target/lamps.jsonl], model: lm, top: 5", "stands there"),
        ("target: target/lamps.jsonl, model: nowhere, top: 5", "no folder"),
        ("target: target/lamps.jsonl, model: lm, top: 0", "at least 1"),
        ("target: target/lamps.jsonl, model: lm, top: 5, tokens: records", "long in"),
        ("model: lm, top: 5", "target"),
        ("target: target/empty.jsonl, model: lm, top: 5", "no record of it has a text"),
    ],
)
def test_mistakes_are_told(aimed: Workbench, settings: str, words: str) -> None:
    write_lines(aimed.folder / "target" / "empty.jsonl", [{"text": ""}])
    with pytest.raises((CurateError, RecipeProblemsError), match=words):
        built(aimed, settings)
