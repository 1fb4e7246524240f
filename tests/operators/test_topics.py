"""Topics of records without labels: found in builds, and named by the steps behind."""

from typing import Any

import numpy as np
import pytest

from curate.errors import RefusedError
from curate.history.whatif import whatif
from curate.operators.topics import Topics
from curate.recipe.problem import RecipeProblemsError
from curate.store.scored import scored_signals
from tests.conftest import Workbench
from tests.models.static import WORDS, make_static

pytest.importorskip("model2vec")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STEPS = "  - embedding: emb\n  - topics: 3\n"
SIZES = (40, 25, 15)


def rows(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Talks of groups of words; each begins with a word that no other group has."""
    random = np.random.default_rng(4)
    return [
        {
            "prompt": f"{WORDS[9 * group]} number {n}?",
            "response": " ".join(random.choice(WORDS[9 * group : 9 * group + 9], 6)),
        }
        for group, size in enumerate(sizes)
        for n in range(size)
    ]


@pytest.fixture
def talks(bench: Workbench) -> Workbench:
    bench.write(rows())
    make_static(bench.folder / "emb")
    return bench


def build(bench: Workbench, steps: str, **options: Any) -> Any:
    return bench.build(bench.recipe(steps), **options).version


def told(version: Any) -> dict[str, Any]:
    """The certificate of topics."""
    (one,) = (each for each in version.certificates if each["kind"] == "topics")
    return dict(one)


def groups(version: Any) -> dict[str, int]:
    """How many members begin with each word."""
    found: dict[str, int] = {}
    for batch in version.batches(["messages"]):
        for turns in batch["messages"].to_pylist():
            word = turns[0]["content"].split()[0]
            found[word] = found.get(word, 0) + 1
    return found


def test_records_have_the_topics_they_were_made_of_named_by_their_words(talks: Workbench) -> None:
    version = build(talks, STEPS)
    certificate = told(version)
    assert [one["records"] for one in certificate["topics"]] == list(SIZES)
    for group, one in enumerate(certificate["topics"]):
        own = WORDS[9 * group : 9 * group + 9]
        assert set(one["words"]) <= set(own)
        assert one["words"][0] == own[0]
        assert one["name"] == "-".join(one["words"][:3])
        assert one["stability"] > 0.6
    assert certificate["holds"]
    assert certificate["silhouette"] > 0.4
    assert certificate["adjusted_rand"] > 0.6
    (stored,) = [one for one in scored_signals(version) if one.signal == "topic"]
    assert stored.labels == {one["name"]: one["records"] for one in certificate["topics"]}
    assert stored.fingerprint == certificate["fingerprint"]
    assert version.records == 80
    assert len(version.ledger()) == 0
    notes = version.manifest["notes"]["topics"]
    assert "3 topics of 80 records" in notes[0]
    assert notes[1].startswith(f"1 {certificate['topics'][0]['name']}: 40 records, 50.0 %")


def test_steps_behind_slice_by_topic(talks: Workbench) -> None:
    balanced = build(talks, STEPS + "  - balance: {by: topic}\n")
    assert set(groups(balanced).values()) == {15}
    chosen = build(talks, STEPS + "  - select: {by: words, top: 4, per: topic}\n")
    assert set(groups(chosen).values()) == {4}
    name = told(chosen)["topics"][2]["name"]
    mixed = build(talks, STEPS + f"  - mix: {{by: topic, weights: {{{name}: 1}}}}\n")
    assert groups(mixed) == {WORDS[18]: 15}
    both = STEPS + "  - balance: {by: topic, max_share: 0.4}\n  - bags: {by: topic, count: 2}\n"
    assert set(build(talks, both).splits()) >= {"bag-1", "bag-2"}


def test_rules_can_be_made_of_topics_and_tried_out_with_another(talks: Workbench) -> None:
    names = [one["name"] for one in told(build(talks, STEPS))["topics"]]
    drop = f"  - drop: {{where: topic = limit, limit: {names[1]}, labels: topic}}\n"
    version = build(talks, STEPS + drop)
    assert groups(version) == {WORDS[0]: 40, WORDS[18]: 15}
    ((rule,),) = version.manifest["rules"].values()
    assert rule["scores"][0]["fingerprint"] == told(version)["fingerprint"]
    (outcome,) = whatif(version, [f"drop.drop={names[0]}"])
    assert (outcome.gained.records, outcome.lost.records) == (25, 40)


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 11}])
def test_how_a_build_is_cut_and_the_order_of_records_change_nothing(
    talks: Workbench, options: dict[str, Any]
) -> None:
    steps = STEPS + "  - balance: {by: topic, to: median}\n"
    once = build(talks, steps)
    other = Workbench(talks.folder)
    other.store = type(talks.store).create(talks.folder / "other")
    talks.write(rows()[::-1])
    again = build(other, steps, **options)
    assert again.snapshot == once.snapshot
    assert told(again) == told(once)


def test_a_topic_is_one_of_these_records(talks: Workbench) -> None:
    """What made a label says with which records: others make others, the same ones the same."""
    first = build(talks, STEPS)
    split = build(talks, STEPS + "  - split: {eval: 0.2}\n")
    assert told(split)["fingerprint"] == told(first)["fingerprint"]
    talks.write(rows((40, 25, 15, 30)))
    grown = build(talks, STEPS.replace("3", "4") + "  - balance: {by: topic}\n")
    assert told(grown)["fingerprint"] != told(first)["fingerprint"]
    assert set(groups(grown).values()) == {15}
    known = {one.fingerprint: one.records for one in scored_signals(first) if one.signal == "topic"}
    assert known[told(first)["fingerprint"]] == 80


def test_documents_have_topics_too(talks: Workbench) -> None:
    talks.write([{"text": row["response"]} for row in rows()])
    steps = "  - embedding: emb\n  - topics: {count: 3, field: text}\n"
    version = build(talks, steps + "  - balance: {by: topic, field: text}\n")
    assert [one["records"] for one in told(version)["topics"]] == list(SIZES)
    assert version.records == 45
    with pytest.raises(RefusedError, match="no record has a vector of conversation"):
        build(talks, STEPS)


def test_topics_can_be_those_of_prompts(talks: Workbench) -> None:
    steps = (
        "  - embedding: {model: emb, fields: prompt}\n"
        "  - topics: {count: 3, field: prompt, signal: question}\n"
        "  - balance: {by: question, field: prompt}\n"
    )
    version = build(talks, steps)
    assert set(groups(version).values()) == {15}
    assert told(version)["topics"][0]["words"] == [WORDS[0]]


def test_records_without_a_vector_have_none(talks: Workbench) -> None:
    talks.write([*rows(), {"prompt": "unknown", "response": "words only"}])
    version = build(talks, STEPS + "  - balance: {by: topic, max_share: 0.9}\n")
    assert told(version)["without_vector"] == 1
    (mix,) = (one for one in version.certificates if one["kind"] == "mix")
    assert {one["name"]: one["records"] for one in mix["slices"]}["(none)"] == 1


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("  - topics\n", "wants the score 'embedding' of conversation"),
        ("  - embedding: emb\n  - balance: {by: topic}\n", "wants the score 'topic'"),
        (STEPS + "  - balance: {by: topics}\n", "did you mean 'topic'"),
        (STEPS + "  - repair\n  - balance: {by: topic}\n", "changes texts in between"),
        (STEPS + "  - topics: 2\n  - balance: {by: topic}\n", "which 2 steps give"),
        (STEPS + "  - drop: topic > 1\n", "topic|label"),
    ],
)
def test_what_is_wrong_is_told(talks: Workbench, steps: str, words: str) -> None:
    with pytest.raises(RecipeProblemsError, match=words):
        build(talks, steps)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"signal": "words"}, "means something else"),
        ({"signal": "source"}, "means something else"),
        ({"signal": "My topic"}, "no name for a signal"),
        ({"field": "respons"}, "did you mean 'response'"),
        ({"count": 1}, "greater than"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Topics.model_validate(settings)


def test_copies_of_a_record_are_in_topics_and_count_once_in_names(talks: Workbench) -> None:
    many = [{"prompt": f"{WORDS[90]} alike", "response": WORDS[91]}] * 60
    spread = [{"prompt": f"{WORDS[90]} {n}", "response": WORDS[91]} for n in range(6)]
    talks.write([*rows(), *many, *spread])
    version = build(talks, STEPS.replace("3", "4"))
    first = told(version)["topics"][0]
    assert first["records"] == 66
    assert set(first["words"]) == {WORDS[90], WORDS[91]}
