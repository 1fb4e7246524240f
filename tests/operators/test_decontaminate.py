"""The step in a build: what it drops, what it says of it, and what it refuses."""

from typing import Any

import orjson
import pytest

from curate.errors import RecipeError
from curate.operators.decontaminate import Decontaminate
from curate.recipe import parse_recipe
from tests.conftest import Workbench, write_lines


def story(number: int) -> dict[str, Any]:
    text = " ".join(f"w{number}x{place}" for place in range(20))
    return {"question": f"Tell me of {text}", "answer": f"Well, {text}"}


@pytest.fixture
def planted(bench: Workbench) -> Workbench:
    """Forty records, three of them with text of a suite of three."""
    rows = [story(number) for number in range(40)]
    suite = [story(100 + number) for number in range(3)]
    rows[3] = suite[0]
    rows[17] = {"question": f"Quick: {suite[1]['question'].upper()}", "answer": "I do not know."}
    rows[30] = {"question": "Something else.", "answer": suite[2]["answer"]}
    bench.write(rows)
    write_lines(bench.folder / "suite.jsonl", suite)
    return bench


def steps(**settings: Any) -> str:
    return f"  - decontaminate: {orjson.dumps({'against': ['suite.jsonl'], **settings}).decode()}\n"


def ledger(bench: Workbench, ref: str) -> list[dict[str, Any]]:
    return list(bench.store.version(ref).ledger().to_pylist())


def test_contaminated_records_are_dropped_for_the_instance(planted: Workbench) -> None:
    built = planted.build(planted.recipe(steps()))
    assert built.version is not None
    rows = ledger(planted, built.version.ref)
    assert sorted(row["line"] for row in rows) == [4, 18, 31]
    assert {(row["action"], row["rule"], row["value"], row["limit"]) for row in rows} == {
        ("drop", "contaminated", "1.0", "0.5")
    }
    assert len({row["of"] for row in rows}) == 3
    assert planted.store.sql("SELECT count(*) AS n FROM clusters")["n"].to_pylist() == [0]


def test_the_certificate_tells_suites_hits_spans_and_near_misses(planted: Workbench) -> None:
    half = " ".join(story(100)["question"].split()[:11])
    planted.write([{"question": half, "answer": "Yes."}], "data/more.jsonl")
    built = planted.build(planted.recipe(steps()))
    assert built.version is not None
    (said,) = (one for one in built.version.certificates if one["kind"] == "contamination")
    assert (said["holds"], said["contaminated"], said["hits"]) == (True, 3, 4)
    assert said["step"] == "decontaminate"
    assert (said["rule"]["name"], said["rule"]["n"], said["rule"]["share"]) == ("tulu3", 8, 0.5)
    (suite,) = said["suites"]
    assert suite == {
        **{"name": "suite.jsonl", "instances": 3, "questions": 3, "answers": 3, "reached": 3},
        **{"short_questions": 0, "short_answers": 0, "digest": suite["digest"]},
    }
    assert [row["id"].hex() for row in ledger(planted, built.version.ref)] == sorted(
        {hit["id"] for hit in said["hits_listed"]}
    )
    capital = next(hit for hit in said["hits_listed"] if hit["spans"][0]["start"] == 7)
    end = 7 + len(story(101)["question"])
    assert capital["spans"] == [{"field": "messages[0].content", "start": 7, "end": end}]
    assert (said["near_misses"], said["near_misses_listed"][0]["share"]) == (1, round(11 / 23, 4))


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"workers": 2, "batch_size": 7}])
def test_workers_batches_and_order_change_nothing(
    planted: Workbench, options: dict[str, int]
) -> None:
    first = planted.build(planted.recipe(steps()))
    assert planted.build(planted.recipe(steps()), **options).is_new is False
    other = Workbench(planted.folder / "other")
    rows = (planted.folder / "data" / "tickets.jsonl").read_text().splitlines()
    other.write(rows[::-1])
    suite = (planted.folder / "suite.jsonl").read_text().splitlines()
    write_lines(other.folder / "suite.jsonl", suite[::-1])
    again = other.build(other.recipe(steps()), **options)
    assert again.outcome.snapshot == first.outcome.snapshot
    assert [row["of"] for row in ledger(other, "support")] == [
        row["of"] for row in ledger(planted, "support")
    ]


def test_copies_go_with_their_record_and_another_suite_makes_another_version(
    planted: Workbench,
) -> None:
    one = planted.build(planted.recipe(steps()))
    write_lines(planted.folder / "suite.jsonl", [story(100)])
    two = planted.build(planted.recipe(steps()))
    assert (one.outcome.dropped, two.outcome.dropped) == (3, 1)


def test_a_version_of_the_store_is_a_suite(planted: Workbench) -> None:
    source = "{path: suite.jsonl, name: held-out}"
    planted.build(planted.recipe("", source, dataset="held-out"))
    built = planted.build(planted.recipe("  - decontaminate: {against: held-out@1}\n"))
    assert built.outcome.dropped == 3


def test_a_bare_value_is_the_suite_and_limits_are_set_by_hand(planted: Workbench) -> None:
    assert planted.build(planted.recipe("  - decontaminate: suite.jsonl\n")).outcome.dropped == 3
    fields = steps(fields=["system"])
    assert planted.build(planted.recipe(fields)).outcome.dropped == 0
    assert planted.build(planted.recipe(steps(answers=False))).outcome.dropped == 2
    # All of them begin with the words "Tell me of".
    loose = steps(n=3, share=0, answers=False)
    assert planted.build(planted.recipe(loose)).outcome.dropped == 39


def test_suites_that_nothing_can_be_compared_with_are_told(planted: Workbench) -> None:
    write_lines(planted.folder / "short.jsonl", [{"question": " ", "answer": "Four."}])
    built = planted.build(planted.recipe("  - decontaminate: short.jsonl\n"))
    assert built.version is not None
    assert built.version.manifest["notes"]["decontaminate"] == [
        "short.jsonl has no question that could be compared",
        "short.jsonl: 1 answers of fewer than 8 words are not compared",
    ]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"rule": "tulu"}, "did you mean 'tulu3'?"),
        ({"rule": "llama2"}, "rules: tulu3, gpt3, palm, gpt4, datatrove"),
        ({"rule": "palm", "share": 0}, "share 0 would drop every record"),
        ({"share": 1}, "share"),
        ({"n": 1}, "n"),
        ({"fields": ["promt"]}, "'promt' is no field"),
        ({"against": []}, "against"),
        ({"against": ["a", "a"]}, "'a' stands there twice"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    bench: Workbench, settings: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(RecipeError) as raised:
        parse_recipe(bench.recipe(steps(**settings)), bench.folder / "recipe.yaml")
    assert complaint in str(raised.value)


def test_the_settings_take_the_place_of_the_rules_own() -> None:
    rule = Decontaminate(suites=("a",), rule="palm", n=5, fields=("user",)).chosen_rule()
    assert (rule.name, rule.n, rule.share, rule.reached) == ("palm", 5, 0.7, True)
    assert rule.questions == rule.answers == ("user",)
