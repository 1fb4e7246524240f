"""Mixing and balancing in builds: what is asked for is what comes out, and is told."""

from collections import Counter
from typing import Any

import pytest

from curate.errors import RefusedError
from curate.operators.balance import Balance
from curate.operators.mix import Mix
from curate.operators.trained_tokens import TrainedTokens
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench
from tests.operators.topical import built, topics
from tests.train.tiny import make_tokenizer

TOPICS = {"code": 340, "chat": 200, "math": 70}


def rows(first: int = 0, **more: int) -> list[dict[str, Any]]:
    """Records of some topics, of different lengths."""
    made = []
    for topic, number in (more or TOPICS).items():
        for n in range(number):
            key, said = f"{topic}{first + n}", f"{topic} {first + n} " + "word " * (n % 17)
            made.append({"n": key, "topic": topic, "prompt": "?", "response": said})
    return made


@pytest.fixture
def mixed(bench: Workbench) -> Workbench:
    bench.write(rows())
    make_tokenizer().save_pretrained(bench.folder / "tok")
    return bench


def test_weights_are_met_and_told_with_what_was_dropped_and_repeated(mixed: Workbench) -> None:
    step = "  - mix: {by: labels.topic, weights: {code: 1, chat: 1, math: 1}, repeats: 3}\n"
    version = built(mixed, step)
    assert topics(version) == {"code": 210, "chat": 210, "math": 210}
    actions = Counter(row["rule"] for row in version.ledger().to_pylist())
    assert actions == {"mix-surplus": 130, "mix-repeat": 10 + 70}
    (told,) = [one for one in version.certificates if one["kind"] == "mix"]
    assert told["holds"]
    assert {one["name"]: one["repeats"] for one in told["slices"]} == {
        **{"code": 1, "chat": 2, "math": 3}
    }
    notes = version.manifest["notes"]["mix"]
    assert "math: 33.33 % asked, 33.33 % reached (70 of 70 records, up to 3 times each)" in notes


def test_repeats_carry_their_number(mixed: Workbench) -> None:
    step = "  - mix: {by: labels.topic, weights: {math: 1}, repeats: 3, total: 200}\n"
    version = built(mixed, step)
    copies = Counter(version.members()["copy"].to_pylist())
    assert copies == {0: 70, 1: 70, 2: 60}


def test_token_shares_are_met_within_half_a_percent(mixed: Workbench) -> None:
    mixed.write(rows(code=3000, chat=3000, math=1000))
    step = (
        "  - trained_tokens: tok\n"
        "  - mix: {by: labels.topic, weights: {code: 5, chat: 3, math: 2}, unit: trained_tokens}\n"
    )
    version = built(mixed, step)
    (told,) = [one for one in version.certificates if one["kind"] == "mix"]
    whole = sum(one["got"] for one in told["slices"])
    got = {one["name"]: one["got"] / whole for one in told["slices"]}
    assert got == pytest.approx({"code": 0.5, "chat": 0.3, "math": 0.2}, rel=0.005)


def test_trained_tokens_are_those_that_training_counts(mixed: Workbench) -> None:
    from curate.models.rendering import Renderer
    from curate.models.tokens import tokenize

    tokenizer = make_tokenizer()
    version = built(mixed, "  - trained_tokens: {tokenizer: tok, max_length: 24}\n")
    members = [row for batch in version.batches() for row in batch.to_pylist()]
    wanted = tokenize(members, Renderer(tokenizer, tokenizer.chat_template), 24)
    stored = mixed.store.signals()
    rows_ = [row for row in stored.to_pylist() if row["signal"] == "trained_tokens"]
    assert sorted(row["value"] for row in rows_) == sorted(one.trained for one in wanted)
    assert any(one.notes["truncated"] for one in wanted)


def test_a_sample_stays_when_data_grows(mixed: Workbench) -> None:
    step = "  - mix: {by: labels.topic, weights: {code: 1, chat: 1, math: 1}, total: 180}\n"
    before = set(built(mixed, step).members()["id"].to_pylist())
    mixed.write(rows(10_000, code=3, chat=2, math=1), "data/more.jsonl")
    after = set(built(mixed, step).members()["id"].to_pylist())
    assert len(before - after) <= 6


def test_what_balancing_keeps_stays_when_data_grows(mixed: Workbench) -> None:
    step = "  - balance: {by: labels.topic, to: 60}\n"
    before = set(built(mixed, step).members()["id"].to_pylist())
    mixed.write(rows(10_000, code=3, chat=2, math=1), "data/more.jsonl")
    after = set(built(mixed, step).members()["id"].to_pylist())
    assert len(before - after) <= 6


def test_a_total_that_cannot_be_had_names_what_is_missing(mixed: Workbench) -> None:
    step = "  - mix: {by: labels.topic, weights: {code: 1, math: 1}, total: 300}\n"
    with pytest.raises(RefusedError, match="math: 150 are asked for; there are 70, at most 1 time"):
        built(mixed, step)
    assert not mixed.store.versions()


def test_the_largest_share_holds(mixed: Workbench) -> None:
    found = topics(built(mixed, "  - balance: {by: labels.topic, max_share: 0.4}\n"))
    assert max(found.values()) / found.total() == pytest.approx(0.4, abs=0.005)
    assert found["math"] == 70


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ("to: smallest", {"code": 70, "chat": 70, "math": 70}),
        ("to: median", {"code": 200, "chat": 200, "math": 70}),
        ("to: median, repeats: 2", {"code": 200, "chat": 200, "math": 140}),
        ("to: largest, repeats: 9", {"code": 340, "chat": 340, "math": 340}),
        ("to: 100", {"code": 100, "chat": 100, "math": 70}),
    ],
)
def test_slices_are_brought_to_a_size(
    mixed: Workbench, settings: str, sizes: dict[str, int]
) -> None:
    assert topics(built(mixed, f"  - balance: {{by: labels.topic, {settings}}}\n")) == sizes


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 50}])
def test_how_a_build_is_cut_changes_nothing(mixed: Workbench, options: dict[str, Any]) -> None:
    step = "  - mix: {by: words, bins: [5, 10], temperature: 3, repeats: 2}\n"
    once = built(mixed, step)
    other = Workbench(mixed.folder)
    other.store = type(mixed.store).create(mixed.folder / "other")
    assert built(other, step, **options).snapshot == once.snapshot


@pytest.mark.parametrize(
    ("operator", "settings", "words"),
    [
        (Mix, {"weights": {"a": 1}, "temperature": 2}, "`weights` gives them"),
        (Mix, {"weights": {"a": 0}}, "at least one must be above 0"),
        (Mix, {"by": "words"}, "'words' is a number; give `bins`"),
        (Mix, {"by": "source", "bins": [1]}, "'source' is none"),
        (Mix, {"by": "words", "bins": [2, 1]}, "bins must ascend"),
        (Balance, {"to": "smallest", "max_share": 0.5}, "give one of `to`"),
        (Balance, {"max_share": 0.5, "repeats": 2}, "only cuts down"),
        (TrainedTokens, {"tokenizer": "nowhere"}, "nowhere"),
    ],
)
def test_wrong_settings_are_refused(operator: Any, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        operator.model_validate(settings)


def test_a_unit_that_nobody_counts_is_told(mixed: Workbench) -> None:
    with pytest.raises(RecipeProblemsError, match="wants the score 'trained_tokens'"):
        built(mixed, "  - mix: {unit: trained_tokens}\n")


@pytest.mark.parametrize(
    "step",
    [
        "mix: {by: labels.topic, weights: {code: 1, chat: 1}, unit: characters}",
        "mix: {by: labels.topic, unit: characters, floors: {code: 0.5}}",
    ],
)
def test_a_share_of_a_slice_that_has_nothing_is_refused(bench: Workbench, step: str) -> None:
    empty = [{"n": str(n), "topic": "code", "prompt": "", "response": ""} for n in range(5)]
    bench.write([*empty, *rows(chat=5)])
    with pytest.raises(RefusedError, match="the slice 'code' has nothing in this unit"):
        built(bench, f"  - {step}\n")


def test_slices_without_any_value_are_refused(mixed: Workbench) -> None:
    with pytest.raises(RefusedError, match=r"no record has a value of meta\.usr"):
        built(mixed, "  - balance: {by: meta.usr, to: 5}\n")


def test_weights_of_any_size_are_only_compared(mixed: Workbench) -> None:
    step = "  - mix: {by: labels.topic, weights: {code: 1.0e+308, chat: 1.0e+308}}\n"
    assert topics(built(mixed, step)) == {"code": 200, "chat": 200}


def test_reports_name_no_values_of_meta_and_sum_up_small_slices(bench: Workbench) -> None:
    people = [
        {"n": str(n), "user": f"user{n % 40}@example.org", "prompt": str(n), "response": "x"}
        for n in range(90)
    ]
    bench.write(people)
    source = "{path: data, name: t, key: n}"
    version = bench.build(bench.recipe("  - balance: {by: meta.user, to: 1}\n", source)).version
    assert version is not None
    told = f"{version.manifest} {version.certificates}"
    assert "example.org" not in told
    notes = version.manifest["notes"]["balance"]
    assert notes[0].startswith("meta.user 1: ")
    assert "20 smaller slices: 20 of " in notes[20]
