"""Selecting what differs or represents, in builds: by the vectors of a step before."""

from typing import Any

import numpy as np
import pytest

from curate.operators.select import Select
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench
from tests.models.static import WORDS, make_static

pytest.importorskip("model2vec")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SOURCE = "{path: data, name: t, key: n, map: {text: text, labels: {topic: topic}}}"
METHODS = ("k-centre", "facility-location", "dpp", "clusters")


def rows() -> list[dict[str, Any]]:
    """Documents about six things, of which the first is by far the most frequent, and a stray."""
    random = np.random.default_rng(3)
    topics = random.choice(6, 120, p=[0.7, 0.06, 0.06, 0.06, 0.06, 0.06])
    found = [
        {
            **{"n": f"{n:03}", "topic": "ab"[n % 2]},
            "text": " ".join(random.choice(WORDS[10 * topic : 10 * topic + 10], 6 + n % 9)),
        }
        for n, topic in enumerate(topics.tolist())
    ]
    return [*found, {"n": "120", "topic": "a", "text": "unknown to the model"}]


@pytest.fixture
def embedded(bench: Workbench) -> Workbench:
    make_static(bench.folder / "emb")
    bench.write(rows())
    return bench


def built(bench: Workbench, settings: str, **options: Any) -> Any:
    if "clusters" in settings and "clusters:" not in settings:
        settings += ", clusters: 8"
    steps = f"  - embedding: emb\n  - select: {{{settings}}}\n"
    return bench.build(bench.recipe(steps, SOURCE), **options).version


def told(version: Any, name: str = "") -> Any:
    return version.certificates[1]["slices"][name]


def ids(version: Any) -> set[bytes]:
    return set(version.members()["id"].to_pylist())


@pytest.mark.parametrize("method", METHODS)
def test_each_method_chooses_without_a_score_and_is_told_beside_its_baselines(
    embedded: Workbench, method: str
) -> None:
    version = built(embedded, f"top: 20, method: {method}")
    assert version.records == 20
    found = told(version)["compared"]
    assert list(found) == [method, "random", "longest", "length-matched"]
    for name in list(found)[1:]:
        assert found[name]["amount"] == pytest.approx(found[method]["amount"], rel=0.1)
        assert "score" not in found[name]
    notes = version.manifest["notes"]["select"]
    assert any(f"{method}: 20 records" in line and "coverage 0." in line for line in notes)
    gone = version.ledger().to_pylist()
    assert {row["rule"] for row in gone} == {"select-not-chosen", "select-no-vector"}
    assert sum(row["rule"] == "select-no-vector" for row in gone) == 1
    values = [float(row["value"]) for row in gone if row["rule"] == "select-not-chosen"]
    assert len(values) == 100
    coverage = (sum(values) + 20) / 120
    assert found[method]["coverage"] == pytest.approx(coverage, abs=1e-4)
    assert found[method]["farthest"] == pytest.approx(min(values), abs=1e-4)
    assert {row["of"] for row in gone} == {None}


def test_methods_reach_what_they_are_for(embedded: Workbench) -> None:
    """Facility location the best coverage, k-centre the smallest radius, both beyond chance."""
    facility = told(built(embedded, "top: 12, method: facility-location"))["compared"]
    centres = told(built(embedded, "top: 12, method: k-centre"))["compared"]
    best = facility["facility-location"]
    assert best["coverage"] > centres["k-centre"]["coverage"]
    assert best["coverage"] > 1.05 * facility["random"]["coverage"]
    assert centres["k-centre"]["farthest"] > best["farthest"]
    assert centres["k-centre"]["farthest"] > centres["random"]["farthest"]


def test_with_a_score_the_best_stand_beside_and_the_score_is_told(embedded: Workbench) -> None:
    version = built(embedded, "by: words, field: text, top: 20, method: clusters, clusters: 6")
    found = told(version)["compared"]
    assert list(found)[:2] == ["clusters", "best"]
    assert found["best"]["score"] > found["clusters"]["score"] > found["random"]["score"]
    plain = built(embedded, "top: 20, method: clusters, clusters: 6")
    assert ids(version) != ids(plain)


def test_quality_moves_a_determinant(embedded: Workbench) -> None:
    given = "by: words, field: text, top: 10, method: dpp"
    found = told(built(embedded, given))["compared"]
    assert (
        found["dpp"]["score"]
        > told(built(embedded, given + ", bandwidth: 0.1"))["compared"]["random"]["score"]
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_baseline_of_a_method_is_as_large_and_drawn_from_the_same(
    embedded: Workbench, method: str
) -> None:
    choice = told(built(embedded, f"top: 20, method: {method}"))["compared"]
    settings = f"top: 20, method: random, baseline_of: {method}"
    version = built(embedded, settings)
    assert version.records == choice["random"]["records"]
    assert told(version)["compared"] == choice
    rules = [row["rule"] for row in version.ledger().to_pylist()]
    assert rules.count("select-no-vector") == 1
    assert set(rules) == {"select-not-drawn", "select-no-vector"}


@pytest.mark.parametrize("method", METHODS)
def test_how_a_build_is_cut_and_listed_changes_nothing(embedded: Workbench, method: str) -> None:
    settings = f"top: 0.2, per: labels.topic, method: {method}"
    once = built(embedded, settings)
    assert once.records == 24
    other = Workbench(embedded.folder)
    other.store = type(embedded.store).create(embedded.folder / "other")
    other.write(rows()[::-1])
    assert built(other, settings, workers=2, batch_size=11).snapshot == once.snapshot


def test_amounts_can_be_characters(embedded: Workbench) -> None:
    version = built(embedded, "top: 900, unit: characters, method: k-centre")
    assert told(version)["compared"]["k-centre"]["amount"] == pytest.approx(900, abs=60)


def test_what_a_method_cannot_do_stops_the_build_with_what_would(embedded: Workbench) -> None:
    with pytest.raises(Exception, match=r"every other one depends on them .*`per`"):
        built(embedded, "top: 100, method: dpp")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"top": 1}, "'best' ranks records"),
        ({"top": 1, "method": "random"}, "'best' ranks records"),
        ({"top": 1, "method": "deita"}, "'deita' ranks records"),
        ({"top": 1, "method": "k-center"}, "k-centre"),
        ({"top": 1, "method": "k-centre", "baseline_of": "dpp"}, "`baseline_of` is for"),
        ({"top": 1, "method": "k-centre", "neighbours": 5}, "for the method facility-location"),
        ({"top": 1, "method": "clusters"}, "needs `clusters`"),
        ({"top": 1, "method": "k-centre", "quota": "equal"}, "for the method clusters"),
        ({"top": 1, "method": "clusters", "clusters": 3, "bandwidth": 0.5}, "for the method dpp"),
        ({"top": 1, "method": "dpp", "highest": False, "by": "words"}, "write its inverse"),
        ({"method": "k-centre"}, "top"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Select.model_validate(settings)


def test_vectors_are_asked_for(embedded: Workbench) -> None:
    recipe = embedded.recipe("  - select: {top: 5, method: k-centre}\n", SOURCE)
    with pytest.raises(RecipeProblemsError, match="wants the score 'embedding' of conversation"):
        embedded.build(recipe)


def test_another_method_takes_no_facts_again() -> None:
    def made(**settings: Any) -> str:
        return Select(top=3, **settings).facts_fingerprint()

    assert made(method="k-centre") == made(method="dpp", bandwidth=0.4)
    assert made(method="random", baseline_of="dpp") == made(method="clusters", clusters=3)
    assert made(method="best", by="words") != made(method="deita", by="words")
