"""imbalanced-learn's samplers in builds: they choose real records, the same ones every time."""

from typing import Any, get_args

import numpy as np
import pytest

from curate.errors import RefusedError
from curate.recipe.problem import RecipeProblemsError
from curate.resampling.samplers import Sampler, Sampling
from curate.resampling.space import tfidf
from tests.conftest import Workbench
from tests.operators.topical import built, topics

pytest.importorskip("imblearn")

WORDS = {"code": "loop list class", "chat": "hello dear friend", "math": "sum root proof"}
SIZES = {"code": 40, "chat": 25, "math": 10}


def rows() -> list[dict[str, Any]]:
    """Records of three topics, of which some speak as another does."""
    generator = np.random.default_rng(0)
    made = []
    for topic, size in SIZES.items():
        for n in range(size):
            own = WORDS[topic] if n % 8 else WORDS["chat"]
            said = " ".join(generator.choice([*own.split(), "please", "now"], 6))
            made.append({"n": f"{topic}{n}", "topic": topic, "prompt": said, "response": "Yes."})
    return made


@pytest.fixture
def topical(bench: Workbench) -> Workbench:
    bench.write(rows())
    return bench


@pytest.mark.parametrize("sampler", get_args(Sampler))
def test_every_sampler_chooses_the_same_real_records_whatever_the_batches(
    topical: Workbench, sampler: str
) -> None:
    step = f"  - resample: {{by: labels.topic, sampler: {sampler}}}\n"
    version = built(topical, step)
    assert built(topical, step, batch_size=7).snapshot == version.snapshot
    left = topics(version)
    assert left.total() != sum(SIZES.values()) or sampler in {"TomekLinks"}
    assert set(left) == set(SIZES)
    rules = {row["rule"] for row in version.ledger().to_pylist()}
    assert rules <= {"resample-surplus", "resample-repeat"}


@pytest.mark.parametrize("sampler", ["RandomUnderSampler", "NearMiss", "ClusterCentroids"])
def test_under_samplers_make_slices_as_large_as_the_smallest(
    topical: Workbench, sampler: str
) -> None:
    found = topics(built(topical, f"  - resample: {{by: labels.topic, sampler: {sampler}}}\n"))
    assert found == {"code": 10, "chat": 10, "math": 10}


def test_the_over_sampler_repeats_up_to_the_largest(topical: Workbench) -> None:
    version = built(topical, "  - resample: {by: labels.topic, sampler: RandomOverSampler}\n")
    assert topics(version) == {"code": 40, "chat": 40, "math": 40}
    assert max(version.members()["copy"].to_pylist()) >= 3
    notes = version.manifest["notes"]["resample"]
    assert any(note.startswith("math: 33.33 % (10 of 10 records, up to") for note in notes)


def test_the_strategy_may_name_sizes(topical: Workbench) -> None:
    step = "{by: labels.topic, sampler: RandomUnderSampler, strategy: {code: 20}}"
    assert topics(built(topical, f"  - resample: {step}\n")) == SIZES | {"code": 20}


def test_choices_are_those_of_the_library() -> None:
    from imblearn.under_sampling import NearMiss

    texts = [row["prompt"] for row in rows()]
    names = [row["topic"] for row in rows()]
    features = tfidf(texts)
    wanted = NearMiss(version=2)
    wanted.fit_resample(features, np.array(names, object))
    got = Sampling("NearMiss", "auto", {"version": 2}).times(features, names, 7)
    assert np.flatnonzero(got).tolist() == sorted(wanted.sample_indices_)


def test_what_is_set_aside_is_left_alone(topical: Workbench) -> None:
    steps = "  - split: {eval: 0.3, by: id}\n"
    before = built(topical, steps)
    steps += "  - resample: {by: labels.topic, sampler: RandomUnderSampler}\n"
    after = built(topical, steps)
    sides = [
        {row["id"] for row in each.members().to_pylist() if row["split"] == "eval"}
        for each in (before, after)
    ]
    assert sides[0] == sides[1] and len(sides[0]) > 5
    trained = topics(topical.store.version("support:train"))
    assert len(set(trained.values())) == 1


def test_a_slice_that_is_too_small_is_told(topical: Workbench) -> None:
    topical.write([*rows(), *({"n": f"odd{n}", "topic": "odd", "prompt": "x y"} for n in range(2))])
    step = "{by: labels.topic, sampler: EditedNearestNeighbours, options: {n_neighbors: 200}}"
    with pytest.raises(RefusedError, match="EditedNearestNeighbours cannot be run") as caught:
        built(topical, f"  - resample: {step}\n")
    assert "code 40" in caught.value.right
    assert not topical.store.versions()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{by: labels.topic, sampler: NearMis}", "NearMiss"),
        ("{by: labels.topic, sampler: NearMiss, options: {versions: 3}}", "did you mean 'version'"),
        ("{by: labels.topic, sampler: NearMiss, options: {n_jobs: 8}}", "no option 'n_jobs'"),
        ("{by: labels.topic, sampler: NearMiss, fields: [respons]}", "did you mean 'response'"),
        ("{by: words, sampler: NearMiss}", "give `bins`"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_read(
    topical: Workbench, settings: str, said: str
) -> None:
    with pytest.raises(RecipeProblemsError, match=said):
        built(topical, f"  - resample: {settings}\n")


def test_a_strategy_of_an_unknown_slice_is_told(topical: Workbench) -> None:
    step = "{by: labels.topic, sampler: RandomUnderSampler, strategy: {cod: 20}}"
    with pytest.raises(RefusedError, match="'cod', which is no slice; did you mean 'code'"):
        built(topical, f"  - resample: {step}\n")


def test_a_wrong_value_of_an_option_is_told(topical: Workbench) -> None:
    step = "{by: labels.topic, sampler: NearMiss, options: {version: 9}}"
    with pytest.raises(RefusedError, match="'version' parameter of NearMiss"):
        built(topical, f"  - resample: {step}\n")


def test_a_label_that_nothing_has_is_told(topical: Workbench) -> None:
    with pytest.raises(RefusedError, match=r"no record to learn from has a value of labels\.tpic"):
        built(topical, "  - resample: {by: labels.tpic, sampler: NearMiss}\n")
