"""What is found is what plain Python finds, whatever the rule, the batches and the order."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.contamination.rule import RULES, Rule
from curate.contamination.shares import NEAR
from curate.contamination.verdict import DIGITS, MOST_SPANS, Verdict
from curate.record import WORKING, batch_of
from tests.contamination.reference import shares
from tests.contamination.suites import TULU, asked, checked, documented, places, suite

WORDS = ["the", "cat", "sat", "on", "a", "mat"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
PASSAGES = st.lists(TEXT, max_size=3)
SHORT: dict[str, int] = {"tulu3": 3, "gpt3": 4, "palm": 3, "gpt4": 12, "datatrove": 4}
"""Other lengths, so that a few words are enough."""


def short(name: str) -> Rule:
    rule = RULES[name]
    return rule._replace(n=SHORT[name], samples=0, questions=("user",), answers=("assistant",))


def expected(
    records: Sequence[Sequence[str]], instances: Sequence[Sequence[str]], rule: Rule
) -> tuple[list[int], list[int]]:
    """The contaminated records, and the near misses."""
    found = shares(records, instances, rule, whole=True, exempt=rule.exempt)
    most = [max(row, default=0.0) for row in found]
    hit = [share >= rule.share if rule.reached else share > rule.share for share in most]
    near = [share > 0 and share >= rule.share * NEAR for share in most]
    listed = range(len(records))
    return [r for r in listed if hit[r]], [r for r in listed if near[r] and not hit[r]]


@pytest.mark.parametrize("name", RULES)
@given(records=st.lists(PASSAGES, max_size=14), instances=st.lists(PASSAGES, max_size=4))
@settings(max_examples=120, deadline=None)
def test_records_and_near_misses_are_those_of_plain_python(
    name: str, records: list[list[str]], instances: list[list[str]]
) -> None:
    rule = short(name)
    made = [asked(place, texts) for place, texts in enumerate(records)]
    given = suite(*(asked(place + 100, texts) for place, texts in enumerate(instances)))
    found = checked(made, given, rule=rule, answers=False)
    near = [int.from_bytes(one.id, "big") for one in found.near]
    assert (places(found), near) == expected(records, instances, rule)
    table = shares(records, instances, rule, whole=True, exempt=rule.exempt)
    for hit in (*found.hits, *found.near):
        record, instance = (int.from_bytes(one, "big") for one in (hit.id, hit.instance))
        assert hit.share == round(table[record][instance - 100], DIGITS)


def story(number: int, words: int = 24) -> str:
    """A text of its own words."""
    return " ".join(f"word{number}x{place}" for place in range(words))


RECORDS: list[dict[str, Any]] = [
    asked(0, [story(1)]),
    asked(1, ["Please answer. " + story(1).upper() + " Thanks."], ["Of course."]),
    asked(2, [story(9)], [story(2)]),
    documented(3, "A page. " + story(1)),
    asked(4, ["nothing of that kind"]),
    asked(5, [" ".join(story(1).split()[:13])]),
    asked(6, [" ".join(story(1).split()[:12])]),
]
SUITE = suite(asked(100, [story(1)], [story(2)]), asked(101, [story(3)], ["A"]))


def test_questions_answers_and_documents_are_found() -> None:
    found = checked(RECORDS, SUITE)
    assert places(found) == [0, 1, 2, 3, 5]
    assert [one.share for one in found.worst] == [1.0, 1.0, 1.0, 1.0, round(13 / 24, 4)]
    assert [(one.kind, int.from_bytes(one.instance, "big")) for one in found.worst] == [
        *[("question", 100)] * 2,
        ("answer", 100),
        *[("question", 100)] * 2,
    ]


def test_exactly_the_limit_is_a_near_miss() -> None:
    found = checked(RECORDS, SUITE)
    assert [(int.from_bytes(one.id, "big"), one.share) for one in found.near] == [(6, 0.5)]


def test_answers_are_left_out_on_demand() -> None:
    assert places(checked(RECORDS, SUITE, answers=False)) == [0, 1, 3, 5]


@pytest.mark.parametrize("batch_size", [1, 2, 1_000])
@pytest.mark.parametrize("name", RULES)
def test_batches_and_order_change_nothing(name: str, batch_size: int) -> None:
    rule = RULES[name]
    whole = checked(RECORDS, SUITE, rule=rule)
    assert checked(RECORDS[::-1], SUITE, rule=rule, batch_size=batch_size) == whole


def test_the_order_of_instances_changes_nothing() -> None:
    instances = [asked(100 + number, [story(1)]) for number in range(4)]
    assert checked(RECORDS, suite(*instances)) == checked(RECORDS, suite(*instances[::-1]))


def test_of_equal_shares_the_first_suite_and_the_lowest_id_is_told() -> None:
    first = suite(asked(107, [story(1)]), asked(105, [story(1)]), name="first")
    second = suite(asked(103, [story(1)]), name="second")
    (one,) = checked(RECORDS[:1], first, second).worst
    assert (one.suite, int.from_bytes(one.instance, "big")) == (0, 105)
    assert checked(RECORDS[:1], first, second).reached == (2, 1)


def test_spans_are_code_points_of_the_text_as_it_is_written() -> None:
    text = "½ ﬁrst: ﷺ ‘" + story(1).upper() + "’ é"
    found = checked([asked(0, ["Hi.", text])], SUITE)
    (span,) = found.hits[0].spans
    assert span.field == "messages[1].content"
    assert text[span.start : span.end] == story(1).upper()


def test_spans_that_touch_are_one_and_others_are_told_apart() -> None:
    words = story(1).split()
    halves = " ".join(words[:12]) + " and something else " + " ".join(words[12:])
    spans = checked([asked(0, [halves])], SUITE).hits[0].spans
    assert [halves[one.start : one.end] for one in spans] == [
        " ".join(words[:12]),
        " ".join(words[12:]),
    ]


def test_what_two_records_have_together_is_not_added_up() -> None:
    words = story(1).split()
    parts = [asked(n, [" ".join(words[n * 8 : n * 8 + 8])]) for n in range(3)]
    found = checked(parts, SUITE)
    assert places(found) == []
    assert [one.share for one in found.near] == [round(1 / 3, 4)] * 3


def test_no_sequence_runs_from_one_turn_into_another() -> None:
    words = story(1).split()
    turns = [" ".join(words[at : at + 6]) for at in range(0, 24, 6)]
    assert checked([asked(0, turns)], SUITE).number_near == 0


def test_no_record_and_no_instance_are_no_error() -> None:
    assert checked([], SUITE).worst == ()
    assert checked(RECORDS, suite()).worst == ()
    assert checked([asked(0, [])], suite(asked(100, []))).worst == ()


def stock(number: int) -> list[dict[str, Any]]:
    """Records that have the same answer, and questions of their own."""
    return [asked(place, [story(50 + place)], [story(2)]) for place in range(number)]


def test_an_answer_that_more_than_ten_records_have_does_not_count() -> None:
    assert places(checked(stock(10), SUITE)) == list(range(10))
    found = checked(stock(11), SUITE)
    assert places(found) == []
    assert [(one.kind, one.sequences, one.records) for one in found.exempted] == [
        ("question", 0, 0),
        ("answer", 17, 11),
    ]


def test_a_question_counts_however_many_records_have_it_but_by_gpt3() -> None:
    many = [asked(place, [story(1)]) for place in range(11)]
    assert len(places(checked(many, SUITE))) == 11
    assert places(checked(many, SUITE, rule=RULES["gpt3"])) == []


def test_records_are_counted_and_not_their_batches() -> None:
    assert checked(stock(11), SUITE, batch_size=2) == checked(stock(11), SUITE)


def test_gpt4_draws_by_seed_and_finds_an_instance_that_is_whole() -> None:
    rule = RULES["gpt4"]
    long = suite(asked(100, [story(1, 400)]))
    part = [asked(0, [" ".join(story(1, 400).split()[:180])])]
    hits = [bool(checked(part, long, rule=rule, seed=seed).worst) for seed in range(24)]
    assert len(set(hits)) == 2
    again = [bool(checked(part, long, rule=rule, seed=seed).worst) for seed in range(24)]
    assert again == hits
    whole = [asked(0, ["So: " + story(1, 400).replace(" ", " - ")])]
    assert places(checked(whole, long, rule=rule)) == [0]


def verdicts(rule: Rule, text: str, instance: str) -> Verdict:
    return checked([asked(0, [text])], suite(asked(100, [instance])), rule=rule)


def test_palm_counts_sequences_and_drops_at_the_limit_itself() -> None:
    words = story(1, 17).split()
    seven, six = (" ".join(words[:many]) for many in (14, 13))
    assert verdicts(RULES["palm"], seven, story(1, 17)).worst[0].share == 0.7
    assert verdicts(RULES["palm"], six, story(1, 17)).near[0].share == 0.6


@pytest.mark.parametrize(("name", "words"), [("gpt3", 13), ("datatrove", 12)])
def test_a_single_sequence_is_enough_for_rules_of_any_hit(name: str, words: int) -> None:
    text = " ".join(story(1, 400).split()[100 : 100 + words])
    assert len(verdicts(RULES[name], text, story(1, 400)).worst) == 1
    less = text.rsplit(" ", 1)[0]
    assert verdicts(RULES[name], less, story(1, 400)).worst == ()


def test_a_hit_in_many_places_makes_room_for_itself() -> None:
    text = " ".join([story(1)] * 900)
    (hit,) = checked([asked(0, [text])], SUITE).hits
    assert len(hit.spans) == MOST_SPANS
    many = suite(*(asked(100 + n, [story(1)]) for n in range(5_000)))
    records = [asked(n, [story(1)]) for n in range(3)]
    assert checked(records, many).number_of_hits == 15_000


def test_facts_are_null_where_nothing_matters() -> None:
    from curate.contamination.check import Check

    facts = Check.of((SUITE,), TULU, True, 0).facts(batch_of(RECORDS, WORKING))
    assert facts["questions"].is_valid().to_pylist() == [
        *(True, True, False, True, False, True, True)
    ]
    assert isinstance(facts, pa.RecordBatch)
