"""Selecting by a score: the best, DEITA's filter, and the baselines beside them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.operators.select import Select
from curate.ranking.baselines import baseline, compared, correlation, first_ones
from curate.ranking.expression import Ranking
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench
from tests.models.static import WORDS, make_static

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

MAP = "{prompt: prompt, response: response, labels: {topic: topic}}"
SOURCE = f"{{path: data, name: t, key: n, map: {MAP}}}"


def rows(count: int = 60) -> list[dict[str, Any]]:
    """Answers of 1 to `count` words in a shuffled order, of two topics."""
    order = np.random.default_rng(3).permutation(count)
    return [
        {
            **{"n": str(n), "topic": "ab"[n % 2], "prompt": WORDS[n % 7]},
            "response": " ".join(WORDS[(n + k) % 30] for k in range(n + 1)),
        }
        for n in order.tolist()
    ]


@pytest.fixture
def ranked(bench: Workbench) -> Workbench:
    bench.write(rows())
    return bench


def built(bench: Workbench, steps: str, **options: Any) -> Any:
    return bench.build(bench.recipe(steps, SOURCE), **options).version


def lengths(version: Any) -> list[int]:
    """How many words the answers have that are left."""
    turns = [row for batch in version.batches(["messages"]) for row in batch[0].to_pylist()]
    return sorted(len(turn[-1]["content"].split()) for turn in turns)


def test_the_best_are_kept_with_value_and_cut_in_the_ledger(ranked: Workbench) -> None:
    version = built(ranked, "  - select: {by: words, top: 10}\n")
    assert lengths(version) == list(range(51, 61))
    gone = version.ledger().to_pylist()
    assert {row["rule"] for row in gone} == {"select-below"}
    assert {row["limit"] for row in gone} == {"51.0"}
    assert max(float(row["value"]) for row in gone) == 50


def test_a_share_is_one_of_each_slice_and_lower_can_be_better(ranked: Workbench) -> None:
    step = "  - select: {by: words, top: 0.2, per: labels.topic, highest: false}\n"
    assert lengths(built(ranked, step)) == list(range(1, 13))


def test_slices_can_be_bins_of_a_number(ranked: Workbench) -> None:
    step = "  - select: {by: words, top: 2, per: words, bins: [20, 40]}\n"
    assert lengths(built(ranked, step)) == [18, 19, 38, 39, 59, 60]


def test_top_can_count_characters(ranked: Workbench) -> None:
    version = built(ranked, "  - select: {by: words, top: 1000, unit: characters}\n")
    (told,) = version.certificates[1]["slices"].values()
    assert abs(told["compared"]["best"]["amount"] - 1000) < 350


def test_baselines_have_as_many_tokens_and_can_be_had_in_one_line(ranked: Workbench) -> None:
    step = "  - select: {by: words / characters, top: 20, method: METHOD}\n"
    best = built(ranked, step.replace("METHOD", "best"))
    told = best.certificates[1]["slices"][""]["compared"]
    for method in ("random", "longest", "length-matched"):
        version = built(ranked, step.replace("METHOD", method))
        assert version.records == told[method]["records"]
        assert abs(told[method]["amount"] - told["best"]["amount"]) <= 350
        assert {row["rule"] for row in version.ledger().to_pylist()} == {"select-not-drawn"}


def test_a_score_that_is_mostly_length_is_told(ranked: Workbench) -> None:
    notes = built(ranked, "  - select: {by: words, top: 10}\n").manifest["notes"]["select"]
    assert any("much of the score is length" in line for line in notes)


def test_records_without_a_score_go_unless_they_shall_stay(ranked: Workbench) -> None:
    step = '  - select: {by: "nullif(words, 60)", top: 59, unscored: UNSCORED}\n'
    gone = built(ranked, step.replace("UNSCORED", "drop")).ledger().to_pylist()
    assert [(row["rule"], row["value"]) for row in gone] == [("select-no-score", None)]
    assert built(ranked, step.replace("UNSCORED", "keep")).records == 60


def test_scores_of_steps_and_sides_of_pairs_rank(bench: Workbench) -> None:
    pairs = [{"prompt": "?", "chosen": "a " * n, "rejected": "b " * (20 - n)} for n in range(5, 15)]
    bench.write(pairs)
    step = (
        "  - measure: {signals: [characters], fields: [chosen, rejected], define: {size: words}}\n"
        "  - select: {by: chosen_size - rejected_size, top: 3}\n"
    )
    version = bench.build(bench.recipe(step)).version
    assert version is not None
    (rows_,) = [batch["messages"].to_pylist() for batch in version.batches(["messages"])]
    assert sorted(len(row[-1]["content"].split()) for row in rows_) == [12, 13, 14]


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 11}])
def test_how_a_build_is_cut_changes_nothing(ranked: Workbench, options: dict[str, Any]) -> None:
    step = "  - select: {by: words, top: 10, method: length-matched}\n"
    once = built(ranked, step)
    other = Workbench(ranked.folder)
    other.store = type(ranked.store).create(ranked.folder / "other")
    assert built(other, step, **options).snapshot == once.snapshot


@pytest.fixture
def model(bench: Workbench) -> Path:
    pytest.importorskip("model2vec")
    return make_static(bench.folder / "emb")


@pytest.mark.usefixtures("model")
def test_deita_takes_the_best_that_are_not_like_one_taken(ranked: Workbench) -> None:
    """Against the definition: down the list, passed over ones count for nothing."""
    steps = "  - embedding: emb\n  - select: {by: words, top: 12, method: deita, threshold: 0.9}\n"
    version = built(ranked, steps)
    everything = ranked.build(ranked.recipe("  - embedding: emb\n", SOURCE, "all")).version
    assert everything is not None
    vectors = {
        row["hash"]: np.frombuffer(row["vector"], "<i2").astype(float)
        for row in ranked.store.signals().to_pylist()
    }
    hashes = {row["id"]: row["hash"] for row in texts_of(ranked, everything)}
    words = {
        row["id"]: len(row["messages"][-1]["content"].split())
        for batch in everything.batches()
        for row in batch.to_pylist()
    }
    taken: list[bytes] = []
    for one in sorted(words, key=lambda id_: (-words[id_], id_)):
        if len(taken) < 12 and all(
            cosine(vectors[hashes[one]], vectors[hashes[other]]) < 0.9 for other in taken
        ):
            taken.append(one)
    assert set(version.members()["id"].to_pylist()) == set(taken)
    near = [row for row in version.ledger().to_pylist() if row["rule"] == "select-too-near"]
    assert near
    assert all(row["of"] in taken and float(row["value"]) >= 0.9 for row in near)


def cosine(one: Any, other: Any) -> float:
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def texts_of(bench: Workbench, version: Any) -> list[dict[str, Any]]:
    """The hash of the text of each member's conversation."""
    from curate.fields import field_texts
    from curate.hashing import hash_texts

    found = []
    for batch in version.batches():
        hashes = hash_texts(field_texts(batch, "conversation")).to_pylist()
        ids = batch["id"].to_pylist()
        found += [{"id": one, "hash": text} for one, text in zip(ids, hashes, strict=True)]
    return found


def test_budgets_are_met_as_near_as_records_allow() -> None:
    amounts = np.array([5.0, 1, 1, 1, 10])
    assert first_ones(np.array([4, 0, 1]), amounts, 11.0).tolist() == [0, 0, 0, 0, 1]
    assert first_ones(np.array([4, 0, 1]), amounts, 13.0).tolist() == [1, 0, 0, 0, 1]
    assert not first_ones(np.array([], np.int64), amounts, 5.0).any()


def test_the_matched_baseline_has_the_lengths_of_the_choice() -> None:
    random = np.random.default_rng(1)
    lengths_ = random.lognormal(4, 1, 5000)
    picked = np.zeros(5000, np.bool_)
    picked[np.argsort(-lengths_)[:500:2]] = True
    drawn = random.permutation(5000)
    matched = baseline("length-matched", picked, lengths_, drawn)
    assert lengths_[matched].mean() == pytest.approx(lengths_[picked].mean(), rel=0.15)
    _, told = compared({"best": picked}, lengths_, lengths_, drawn)
    amounts = [one["amount"] for one in told.values()]
    assert max(amounts) - min(amounts) < 0.02 * max(amounts)


def test_the_rank_correlation_is_spearmans() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(2)
    one, other = random.integers(0, 9, 200).astype(float), random.normal(size=200)
    assert correlation(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)
    assert correlation(one, np.ones(200)) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"by": "language", "top": 1}, "is a label"),
        ({"by": "3", "top": 1}, "names no signal"),
        ({"by": "words >", "top": 1}, "no expression"),
        ({"by": "words", "top": 1, "tokens": "records"}, "what records are long in"),
        ({"by": "words", "top": 0}, "greater than"),
        ({"by": "words", "top": 1, "per": "words"}, "give `bins`"),
        ({"by": "words > 3", "top": 1}, "is no number"),
        ({"by": "words", "top": 1, "field": "respons"}, "did you mean 'response'"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Select.model_validate(settings)


def test_what_is_set_aside_is_not_chosen_from(ranked: Workbench) -> None:
    steps = "  - split: {eval: 0.3, by: id}\n"
    aside = built(ranked, steps).splits()["eval"]
    chosen = built(ranked, f"{steps}  - select: {{by: words, top: 5}}\n")
    assert chosen.splits() == {"train": 5, "eval": aside}


def test_deita_without_vectors_is_told(ranked: Workbench) -> None:
    with pytest.raises(RecipeProblemsError, match="wants the score 'embedding' of conversation"):
        built(ranked, "  - select: {by: words, top: 5, method: deita}\n")


def test_names_are_of_the_field_or_of_a_side() -> None:
    names = Ranking("chosen_words - rejected_quality * words", "text").names()
    assert {name: tuple(one) for name, one in names.items()} == {
        "chosen_words": ("words", "chosen"),
        "rejected_quality": ("quality", "rejected"),
        "words": ("words", "text"),
    }
