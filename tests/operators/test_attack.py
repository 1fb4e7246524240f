"""Records that fool a classifier: with the label of their parents, always the same, and told."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from curate.build import Built
from curate.errors import MissingExtraError
from curate.operators import load
from curate.recipe import load_recipe
from curate.store import Version
from curate.store.query import select
from tests.conftest import Workbench

if find_spec("textattack") is None:
    pytest.skip("the extra attack is not installed", allow_module_level=True)

from tests.attacks.victims import classifier_file, classifier_folder, opinions
from tests.augmenting.small_models import small_vectors

SOURCE = "{path: data, name: films, map: {text: text, labels: {opinion: label}}}"
STEP = (
    "  - attack: {recipe: {TextBugger: {vectors: vectors.txt}}, classifier: opinion.classifier, "
    "label: labels.opinion, queries: 200%s}\n"
)


@pytest.fixture
def films(bench: Workbench) -> Workbench:
    """Opinions with labels, and a classifier of them."""
    small_vectors(bench.folder / "vectors.txt")
    classifier_file(bench.folder / "opinion.classifier")
    texts, labels = opinions(12, seed=5)
    rows = [{"text": t, "label": x} for t, x in zip(texts, labels, strict=True)]
    rows.append({"text": "The film was good.", "label": "unheard of"})
    bench.write(rows, "data/films.jsonl")
    return bench


def build(bench: Workbench, more: str = "", **options: Any) -> Version:
    return committed(bench.build(bench.recipe(STEP % more, source=SOURCE), **options))


def committed(built: Built) -> Version:
    assert built.version is not None
    return built.version


def rows(bench: Workbench, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = select(bench.store.folder, bench.store.files(), query).to_pylist()
    return found


def test_children_fool_the_classifier_and_have_the_label_of_their_parents(
    films: Workbench,
) -> None:
    build(films)
    members = {row["id"]: row for row in rows(films, "SELECT id, text, labels FROM records")}
    ledger = rows(films, "SELECT id, rule, \"of\" FROM ledger WHERE action = 'add'")
    assert ledger
    step = load()["attack"].model_validate(_settings(), context={"base": films.folder})
    target: Any = step._target  # type: ignore[attr-defined]
    for row in ledger:
        child, parent = members[row["id"]], members[row["of"]]
        assert row["rule"] == "TextBugger"
        assert child["labels"] == parent["labels"]
        before, after = target.probabilities([parent["text"], child["text"]]).argmax(axis=1)
        assert target.labels[before] in parent["labels"]
        assert before != after


def test_any_batch_size_gives_the_same_snapshot(films: Workbench) -> None:
    first = build(films)
    shutil.rmtree(films.store.folder / "cache")
    second = build(films, batch_size=3, workers=1)
    assert first.snapshot == second.snapshot
    assert first.count() > 13


def test_a_share_is_drawn_by_id_and_seed(films: Workbench) -> None:
    all_ids = {row["id"] for row in _children(films, build(films))}
    half = {row["id"] for row in _children(films, build(films, ", share: 0.5"))}
    none = _children(films, build(films, ", share: 0"))
    assert half < all_ids
    assert not none


def test_the_manifest_says_what_became_of_records(films: Workbench) -> None:
    notes = " ".join(build(films).manifest["notes"]["attack"])
    assert "TextBugger on classifier opinion" in notes
    assert "no encoder was named" in notes
    assert "1 records without one text and a label that the classifier knows" in notes
    assert "success" in notes


def test_children_of_an_attack_are_not_attacked(films: Workbench) -> None:
    once = _children(films, build(films))
    twice = committed(films.build(films.recipe(STEP % "" + STEP % ", name: again", source=SOURCE)))
    assert {row["of"] for row in _children(films, twice)} == {row["of"] for row in once}


def test_what_stays_is_left_alone(films: Workbench) -> None:
    films.write([{"text": "`good` `great` `film`", "label": "good"}], "data/films.jsonl")
    assert not _children(films, build(films))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"recipe": "InputReduction"}, "shortens texts"),
        ({"recipe": "TextBuger"}, "Did you mean 'TextBugger'"),
        ({"recipe": {"A2T": {"vectors": "vectors.txt"}}}, "gradients"),
        ({"recipe": {"TextBugger": {}}}, "it needs word vectors"),
        ({"label": "opinion"}, "labels.intent"),
        ({"classifier": "none"}, "curate classifier train"),
        ({"fields": ["usr"]}, "'usr' is no field"),
        ({"protect": ["cod"]}, "'code'"),
    ],
)
def test_wrong_settings_are_told_with_the_recipe(
    films: Workbench, changed: dict[str, Any], said: str
) -> None:
    import yaml

    step = yaml.safe_dump({"attack": _settings() | changed}, default_flow_style=True, width=1000)
    path = films.folder / "recipe.yaml"
    path.write_text(films.recipe(f"  - {step}\n", source=SOURCE))
    with pytest.raises(Exception, match=said):
        load_recipe(path)


def test_a_missing_extra_is_told_with_the_recipe(
    films: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curate.operators import attack

    monkeypatch.setattr(attack, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"step attack.*curate\[attack\]"):
        load()["attack"].model_validate(_settings(), context={"base": films.folder})


def test_a_classifier_is_known_by_its_content(films: Workbench, tmp_path: Path) -> None:
    made = load()["attack"]
    here = made.model_validate(_settings(), context={"base": films.folder})
    moved = films.folder / "moved.classifier"
    moved.write_bytes((films.folder / "opinion.classifier").read_bytes())
    there = made.model_validate(
        _settings() | {"classifier": "moved.classifier"}, context={"base": films.folder}
    )
    assert here.fingerprint() == there.fingerprint()
    other = classifier_folder(tmp_path / "other")
    again = made.model_validate(
        _settings() | {"classifier": str(other)}, context={"base": films.folder}
    )
    assert here.fingerprint() != again.fingerprint()


def _settings() -> dict[str, Any]:
    return {
        "recipe": {"TextBugger": {"vectors": "vectors.txt"}},
        "classifier": "opinion.classifier",
        "label": "labels.opinion",
    }


def _children(bench: Workbench, version: Version) -> list[dict[str, Any]]:
    where = f"action = 'add' AND version = {version.number}"
    return rows(bench, f'SELECT id, rule, "of" FROM ledger WHERE {where}')
