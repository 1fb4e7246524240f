"""SMOTE and its kin in builds: their points become real texts of a pool, with both parents."""

from collections import Counter
from typing import Any, get_args

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from curate.errors import RefusedError
from curate.history import why
from curate.recipe.problem import RecipeProblemsError
from curate.resampling.samplers import OverSampler
from tests.conftest import Workbench
from tests.operators.topical import MAP, topics

pytest.importorskip("imblearn")

WORDS = {
    "chat": "hello dear friend how are you today my old mate",
    "math": "sum root proof of a prime number by the axiom set",
}


def rows(topic: str, size: int, labelled: bool = True, first: int = 0) -> list[dict[str, Any]]:
    generator = np.random.default_rng(len(topic) + first)
    made = []
    for n in range(first, first + size):
        # Every fourth speaks a little as the other does: some samplers look at the border alone.
        words = WORDS[topic].split() + [*" ".join(WORDS.values()).split()] * (n % 4 == 0)
        said = " ".join(generator.choice(words, 7))
        label = topic if labelled else None
        made.append({"n": f"{topic}{n}", "topic": label, "prompt": said, "response": "Yes."})
    return made


@pytest.fixture
def topical(bench: Workbench) -> Workbench:
    bench.write([*rows("chat", 60), *rows("math", 12)])
    pool = [*rows("math", 40, labelled=False, first=100), *rows("chat", 40, False, 100)]
    bench.write(pool, "pool/more.jsonl")
    return bench


def built(bench: Workbench, settings: str, **options: Any) -> Any:
    one, two = (f"{{path: {path}, name: {path}, key: n, map: {MAP}}}" for path in ("data", "pool"))
    recipe = bench.recipe(f"  - oversample: {settings}\n", f"{one}\n  - {two}")
    return bench.build(recipe, **options).version


@pytest.mark.parametrize("sampler", get_args(OverSampler))
def test_points_become_unused_records_of_the_pool(topical: Workbench, sampler: str) -> None:
    options = ", options: {cluster_balance_threshold: 0.01}" if sampler == "KMeansSMOTE" else ""
    settings = f"{{by: labels.topic, sampler: {sampler}, pool: pool{options}}}"
    version = built(topical, settings)
    found = topics(version)
    assert found["chat"] == 60 and None not in found
    assert 15 < found["math"] <= 12 + 48
    assert built(topical, settings, batch_size=11).snapshot == version.snapshot
    assert set(version.members()["copy"].to_pylist()) == {0}


def test_the_ledger_names_both_parents_and_what_goes(topical: Workbench) -> None:
    version = built(topical, "{by: labels.topic, pool: pool}")
    rows_ = version.ledger().to_pylist()
    edits = [row for row in rows_ if row["action"] == "edit"]
    members = {row["id"]: row for row in version.members().to_pylist()}
    of: dict[bytes, set[bytes]] = {}
    for row in edits:
        assert row["field"] == "labels.topic" and row["value"] == '"math"'
        assert row["after"] == members[row["id"]]["hash"] != row["before"]
        of.setdefault(row["id"], set()).add(row["of"])
    assert {len(parents) for parents in of.values()} <= {1, 2}
    assert sum(len(parents) == 2 for parents in of.values()) > len(of) / 2
    maths = {row["id"] for row in members.values() if row["source"] == "data"}
    assert all(parents <= maths for parents in of.values())
    gone = Counter(row["rule"] for row in rows_ if row["action"] == "drop")
    assert gone == {"oversample-unused": 80 - len(of)}


def test_why_tells_what_a_label_is_for(topical: Workbench) -> None:
    version = built(topical, "{by: labels.topic, pool: pool}")
    store = topical.store
    edited = next(row for row in version.ledger().to_pylist() if row["action"] == "edit")
    life = why(store, edited["id"], store.versions())
    told = [one for one in life.stories[0].decisions if one.action == "edit"]
    assert told[0].of is not None and told[0].rule == "oversample-parent-1"


def test_what_has_a_label_stands_for_points_of_it_alone(topical: Workbench) -> None:
    topical.write([*rows("math", 30, first=100), *rows("chat", 30, first=100)], "pool/more.jsonl")
    version = built(topical, "{by: labels.topic, pool: pool}")
    assert topics(version)["chat"] == 60 and topics(version)["math"] > 20
    flags = [row for row in version.ledger().to_pylist() if row["action"] == "flag"]
    assert {row["value"] for row in flags} == {'"math"'}
    (told,) = [one for one in version.certificates if one["kind"] == "oversample"]
    (math,) = [one for one in told["slices"] if one["name"] == "math"]
    assert math["repeated"] == math["realised"] == topics(version)["math"] - 12


def test_nothing_far_from_a_point_stands_for_it(topical: Workbench) -> None:
    topical.write(
        [{"n": "far", "topic": None, "prompt": "tram depot closes late", "response": "-"}],
        "pool/more.jsonl",
    )
    version = built(topical, "{by: labels.topic, pool: pool}")
    assert topics(version) == {"chat": 60, "math": 12}
    (told,) = [one for one in version.certificates if one["kind"] == "oversample"]
    assert not told["holds"]


def test_parents_are_those_that_a_point_lies_between() -> None:
    from imblearn.over_sampling import SMOTE

    from curate.resampling.synthetic import points_of

    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 5))
    classes = np.array([0] * 45 + [1] * 15)
    points = points_of(SMOTE(random_state=1), csr_matrix(features), classes)
    wanted, _ = SMOTE(random_state=1).fit_resample(csr_matrix(features), classes)
    assert np.allclose(points.features.toarray(), wanted[60:].toarray())
    for point, (one, other) in zip(points.features.toarray(), points.parents, strict=True):
        ways = [np.linalg.norm(point - features[each]) for each in (one, other)]
        assert sum(ways) == pytest.approx(np.linalg.norm(features[one] - features[other]))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{by: source, pool: pool}", "must be the label that is given"),
        ("{by: labels.topic}", "pool"),
        ("{by: labels.topic, pool: pool, sampler: SMOT}", "SMOTE"),
    ],
)
def test_wrong_settings_are_told(topical: Workbench, settings: str, said: str) -> None:
    with pytest.raises(RecipeProblemsError, match=said):
        built(topical, settings)


def test_a_pool_that_is_not_there_is_told(topical: Workbench) -> None:
    with pytest.raises(RefusedError, match="the pool 'pol' has no record here") as caught:
        built(topical, "{by: labels.topic, pool: pol}")
    assert "sources (data, pool), or `meta.synthetic`" in caught.value.right


def test_wordings_of_records_can_stand_for_points(bench: Workbench) -> None:
    bench.write([*rows("chat", 60), *rows("math", 12)])
    steps = """
  - augment: {with: {RandomWordAug: {action: swap}}, times: 4, language: false}
  - oversample: {by: labels.topic, pool: meta.synthetic}
"""
    source = f"{{path: data, name: data, key: n, map: {MAP}}}"
    version: Any = bench.build(bench.recipe(steps, source)).version
    assert topics(version)["chat"] == 60
    assert topics(version)["math"] > 20
    members = {row["id"]: row for row in version.members().to_pylist()}
    ledger = version.ledger().to_pylist()
    children = {row["id"] for row in ledger if row["action"] == "add"} & set(members)
    assert len(children) == topics(version)["math"] - 12
    parents = [row["of"] for row in ledger if (row["rule"] or "").startswith("oversample-parent")]
    assert parents
    assert not set(parents) & children


def test_too_few_records_for_the_sampler_are_told(topical: Workbench) -> None:
    topical.write([*rows("chat", 60), *rows("math", 3)])
    with pytest.raises(RefusedError, match="SMOTE cannot be run: Expected n_neighbors"):
        built(topical, "{by: labels.topic, pool: pool}")
