"""Preference pairs in builds: what is left does not tell by length which answer is chosen."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curate.operators.balance_pairs import BalancePairs
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench
from tests.operators.conftest import Working
from tests.operators.selecting import selected
from tests.train.tiny import make_tokenizer

SOURCE = "{path: data, name: t, key: n}"


def pair(n: int, chosen: int, rejected: int) -> dict[str, Any]:
    """A pair whose answers have so many characters."""
    return {"n": str(n), "prompt": f"{n}?", "chosen": "c" * chosen, "rejected": "r" * rejected}


def pairs(number: int, first: int = 0) -> list[dict[str, Any]]:
    """Pairs of which three in four have the longer answer chosen, with gaps of any size."""
    made = []
    for n in range(first, first + number):
        gap = 1 + (37 * n) % 400
        long, short = 50 + n % 90 + gap, 50 + n % 90
        made.append(pair(n, *((short, long) if n % 4 == 0 else (long, short))))
    return made


@pytest.fixture
def longer(bench: Workbench) -> Workbench:
    bench.write(pairs(800))
    return bench


def built(bench: Workbench, step: str, **options: Any) -> Any:
    return bench.build(bench.recipe(f"  - {step}\n", SOURCE), **options).version


def gaps(version: Any) -> list[int]:
    found = []
    for batch in version.batches():
        for row in batch.to_pylist():
            found.append(len(row["messages"][-1]["content"]) - len(row["rejected"][0]["content"]))
    return found


def certificate(version: Any) -> dict[str, Any]:
    (told,) = [one for one in version.certificates if one["kind"] == "length-gap"]
    return dict(told)


def test_as_many_chosen_answers_are_longer_as_are_shorter(longer: Workbench) -> None:
    before = built(longer, "repair")
    version = built(longer, "balance_pairs")
    left = gaps(version)
    assert sum(gap > 0 for gap in left) == sum(gap < 0 for gap in left) > 150
    told = certificate(version)
    assert told["before"]["d"] > 0.5
    assert abs(told["after"]["d"]) < 0.05
    assert told["holds"]
    assert told["after"]["pairs"] == len(left)
    notes = version.manifest["notes"]["balance_pairs"]
    assert notes[0].startswith("before: 800 pairs, 75.0 % with the chosen answer longer")
    rows = version.ledger().to_pylist()
    assert {row["rule"] for row in rows} == {"length-gap-surplus"}
    assert sum(int(row["value"]) for row in rows) == sum(gaps(before)) - sum(left)


def test_limits_drop_what_is_beyond_them_with_value_and_limit(bench: Workbench) -> None:
    bench.write([pair(0, 30, 10), pair(1, 10, 31), pair(2, 40, 61), pair(3, 5, 0), pair(4, 7, 7)])
    version = built(bench, "balance_pairs: {match: false, cap: 20, ratio: 2.5}")
    rows = version.ledger().to_pylist()
    assert Counter((row["rule"], row["value"], row["limit"]) for row in rows) == {
        ("length-gap-cap", "-21", "20"): 2,
        ("length-gap-ratio", "3", "2.5"): 1,
        ("length-gap-ratio", None, "2.5"): 1,
    }
    assert gaps(version) == [0]


def test_without_match_or_a_limit_it_only_tells(longer: Workbench) -> None:
    version = built(longer, "balance_pairs: {match: false}")
    assert version.records == 800
    assert not certificate(version)["holds"]
    notes = version.manifest["notes"]["balance_pairs"]
    assert notes[-1].startswith("the length tells which answer is chosen")


def test_a_sample_stays_when_data_grows(longer: Workbench) -> None:
    before = set(built(longer, "balance_pairs").members()["id"].to_pylist())
    longer.write(pairs(8, first=800), "data/more.jsonl")
    after = set(built(longer, "balance_pairs").members()["id"].to_pylist())
    assert len(before - after) <= 8


def test_another_seed_takes_other_pairs(longer: Workbench) -> None:
    texts = (longer.recipe("  - balance_pairs\n", SOURCE, seed=seed) for seed in (1, 2))
    one, other = (longer.build(text).version for text in texts)
    assert one is not None
    assert other is not None
    assert one.snapshot != other.snapshot
    assert one.records == other.records


@pytest.mark.parametrize("options", [{"batch_size": 7}, {"workers": 2, "batch_size": 50}])
def test_how_a_build_is_cut_changes_nothing(longer: Workbench, options: dict[str, Any]) -> None:
    step = "balance_pairs: {cap: 300, unit: words}"
    once = built(longer, step)
    other = Workbench(longer.folder)
    other.store = type(longer.store).create(longer.folder / "other")
    assert built(other, step, **options).snapshot == once.snapshot


def test_other_records_and_what_is_set_aside_stay(bench: Workbench) -> None:
    plain = [{"n": f"s{n}", "prompt": f"{n}?", "response": "x" * n} for n in range(20)]
    bench.write([*(pair(n, 20, 10) for n in range(60)), *plain])
    steps = "  - split: {eval: 0.3, by: id}\n  - balance_pairs\n"
    version = bench.build(bench.recipe(steps, SOURCE)).version
    assert version is not None
    splits = Counter(version.members()["split"].to_pylist())
    kinds = version.kinds()
    assert kinds["sft"] == 20
    assert kinds["preference"] > 5
    assert version.with_split("train").kinds().keys() == {"sft"}
    assert splits["eval"] > 10


def test_lengths_can_be_tokens_of_either_answer(longer: Workbench) -> None:
    make_tokenizer().save_pretrained(longer.folder / "tok")
    steps = (
        "  - tokens: {tokenizer: tok, fields: [chosen, rejected]}\n"
        "  - balance_pairs: {unit: tokens}\n"
    )
    version = longer.build(longer.recipe(steps, SOURCE)).version
    told = certificate(version)
    assert told["unit"] == "tokens"
    assert told["before"]["longer"] > told["before"]["shorter"]
    assert told["after"]["longer"] == told["after"]["shorter"]


def test_pairs_without_a_length_stay_and_are_told(working: Working) -> None:
    asked, said = {"role": "user", "content": "?"}, {"role": "assistant", "content": "yes"}
    record = {"messages": [asked, said], "prompt_turns": 1}
    unanswered = {**record, "rejected": [asked]}
    longer = {**record, "rejected": [{"role": "assistant", "content": "no"}]}
    found = selected(BalancePairs(), [working(unanswered, longer)])
    assert [row["id"][-1] for row in found.rows] == [1]
    assert "1 pairs without a length in characters stay" in found.notes


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"unit": "words + 1"}, "'words \\+ 1' is no signal or score"),
        ({"unit": "language"}, "'chosen_language' is a label"),
        ({"cap": -1}, "greater than or equal to 0"),
        ({"ratio": 0.5}, "greater than or equal to 1"),
        ({"bins": 0}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        BalancePairs.model_validate(settings)


def test_a_unit_that_nobody_counts_is_told(longer: Workbench) -> None:
    with pytest.raises(RecipeProblemsError, match="wants the score 'tokens' of chosen"):
        built(longer, "balance_pairs: {unit: tokens}")


def test_real_pairs_lose_their_length_bias_and_few_records(
    bench: Workbench, shared_data: Path
) -> None:
    source = f"{{path: {shared_data / 'preference/harmless-base-test.jsonl.gz'}, name: hh}}"
    version = bench.build(bench.recipe("  - balance_pairs\n", source)).version
    told = certificate(version)
    assert told["before"]["d"] == pytest.approx(-0.221, abs=0.001)
    assert abs(told["after"]["d"]) < 0.013
    assert told["after"]["pairs"] > 0.8 * told["before"]["pairs"]
