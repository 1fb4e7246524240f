"""Passages that several records share, by the operator as a whole."""

from collections.abc import Sequence
from itertools import count
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from curate.operators.substring_dedup import SubstringDedup
from curate.record import WORKING, batch_of
from curate.scan.plain import words_of
from curate.substrings import joining
from tests.operators.selecting import Selected, selected

Texts = Sequence[Sequence[str]]
TEN = SubstringDedup(words=10)


def batch(records: Texts, first: int = 0) -> pa.RecordBatch:
    """Records of answers, whose ids count up."""
    rows = [
        {
            "id": number.to_bytes(16, "big"),
            "copy": 0,
            "labels": "{}",
            "meta": "{}",
            "prompt_turns": 1,
            "messages": [
                {"role": "user", "content": "?"},
                *({"role": "assistant", "content": text} for text in texts),
            ],
        }
        for number, texts in enumerate(records, first)
    ]
    return batch_of(rows, WORKING)


def after(records: Texts, found: Selected) -> dict[int, list[str]]:
    """The records that stay, by number, as they are left."""
    dropped = {int.from_bytes(row["id"], "big") for row in found.rows}
    left = {n: list(texts) for n, texts in enumerate(records) if n not in dropped}
    for row in sorted(found.cuts, key=lambda row: -row["start"]):
        texts = left[int.from_bytes(row["id"], "big")]
        place = int(row["field"].removeprefix("messages[").partition("]")[0]) - 1
        texts[place] = texts[place][: row["start"]] + texts[place][row["end"] :]
    return left


def settled(records: Texts, operator: SubstringDedup = TEN) -> dict[int, list[str]]:
    return after(records, selected(operator, [batch(records)]))


def unique(number: int, names: "count[int]") -> str:
    return " ".join(f"w{next(names)}" for _ in range(number))


@pytest.mark.parametrize("words", [10, 11, 50])
def test_every_shared_passage_of_that_length_is_cut_and_no_shorter_one(words: int) -> None:
    operator, names = SubstringDedup(words=words), count()
    for before, behind in ((0, 1), (1, 0), (3, 30), (70, 70)):
        for length in (words - 1, words, words + 1, 3 * words):
            passage = unique(length, names)
            apart = [unique(size, names) for size in (before, behind, behind, before)]
            one = f"{apart[0]} {passage} {apart[1]}".strip()
            other = f"{apart[2]} {passage} {apart[3]}".strip()
            kept = f"{apart[2]} {apart[3]}".strip() if length >= words else other
            assert settled([[one], [other]], operator) == {0: [one], 1: [kept]}


SCRIPTS = {
    "beyond the BMP": "🏊 𠀀𠀁 𝒜𝒷 🧪 ",
    "combining marks": "e\u0301a\u0308 o\u0302 \u1eaf n\u0303 ",
    "Chinese": "天地玄黄，宇宙洪荒。日月盈昃",
    "Thai": "ภาษาไทยเป็นภาษาที่มี",
    "mixed": "使用Python编程 and ไทย。 ",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_cuts_are_code_points_in_every_script(script: str) -> None:
    passage = " ".join([SCRIPTS[script].strip()] * 12)
    one, other = f"One 🏊 {passage} end.", f"Is é 界 so: {passage} 𠀀 other end."
    assert settled([[one], [other]]) == {0: [one], 1: ["Is é 界 so: 𠀀 other end."]}


def test_records_of_equal_content_are_dropped_but_the_first() -> None:
    names = count()
    long, short = unique(30, names), unique(9, names)
    found = selected(TEN, [batch([[long, short], [long, short], [short], [short]])])
    (row,) = found.rows
    assert (row["id"][-1], row["of"][-1], row["rule"]) == (1, 0, "substring-duplicate")
    assert row["value"] == "0.7692"
    assert found.cuts == []
    assert found.notes == ["0 passages of 0 words together cut out of 0 records"]


def test_a_record_of_which_a_text_would_be_empty_is_dropped_and_keeps_nothing_from_others() -> None:
    names = count()
    a, b = unique(20, names), unique(20, names)
    records = [[f"x {a}"], [a, f"y {b}"], [f"z {b}"]]
    found = selected(TEN, [batch(records)])
    assert [(row["id"][-1], row["of"][-1], row["value"]) for row in found.rows] == [
        (1, 0, "0.4878")
    ]
    assert after(records, found) == {0: [f"x {a}"], 2: [f"z {b}"]}


def test_what_references_have_goes_and_they_stay() -> None:
    names = count()
    a, b = unique(20, names), unique(20, names)
    records, others = [[f"x {a}"], [b], [f"y {a}"]], [[f"z {a} {b}"], [b], [f"q {a}"]]
    found = selected(TEN, [batch(records)], others=[batch(others, 100)])
    assert [(row["id"][-1], row["of"][-1], row["value"]) for row in found.rows] == [(1, 101, "1.0")]
    assert after(records, found) == {0: ["x"], 2: ["y"]}
    assert found.notes == ["2 passages of 40 words together cut out of 2 records"]


def test_prompts_are_left_alone_unless_asked_for() -> None:
    names = count()
    shared = unique(60, names)
    turns = [[{"role": "user", "content": f"{n} {shared}"}] for n in range(3)]
    plain = {"copy": 0, "labels": "{}", "meta": "{}", "prompt_turns": 1}
    rows = [
        {"id": bytes([*bytes(15), n]), "messages": each, **plain} for n, each in enumerate(turns)
    ]
    made = batch_of(rows, WORKING)
    assert selected(SubstringDedup(), [made]).cuts == []
    assert len(selected(SubstringDedup(fields=("prompt",)), [made]).cuts) == 2


def many(seed: int, records: int) -> list[list[str]]:
    """Records of blocks of five words, which they share at random."""
    random, names = Random(seed), count()
    blocks = [unique(5, names) for _ in range(12)]
    return [
        [
            " ".join(
                random.choice(blocks) if random.random() < 0.7 else unique(3, names)
                for _ in range(random.randint(0, 9))
            )
            for _ in range(random.randint(1, 2))
        ]
        for _ in range(records)
    ]


def test_batches_and_their_order_make_no_difference() -> None:
    records = many(3, 80)
    whole = batch(records)
    expected = selected(TEN, [whole])
    assert len(expected.rows) > 5
    assert len(expected.cuts) > 20
    for size in (1, 7, 80):
        parts = [whole.slice(start, size) for start in range(0, 80, size)]
        assert selected(TEN, parts) == expected
        assert selected(TEN, [part.take(pa.array(range(len(part))[::-1])) for part in parts[::-1]])[
            :2
        ] == (expected.rows, expected.cuts)


def test_compiled_code_finds_what_plain_python_does(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = batch(many(4, 300))
    compiled = selected(TEN, [whole])
    for module in ("words", "winnowing", "joining"):
        monkeypatch.setattr(f"curate.substrings.{module}.is_loaded", lambda: False)
    assert len(compiled.cuts) > 50
    assert selected(TEN, [whole]) == compiled


BLOCKS = st.lists(st.integers(0, 6), max_size=8)


def said(blocks: Sequence[int]) -> str:
    """Blocks of five words; from two on a passage of ten."""
    return " ".join(f"b{block}{place}" for block in blocks for place in range(5))


@settings(deadline=None, max_examples=25)
@given(st.lists(BLOCKS, min_size=2, max_size=9))
@example([[0, 0], [1, 0, 0, 1], [2, 0, 0, 2], [2, 1, 1, 2]])
def test_a_second_step_cuts_nothing_whatever_a_cut_brings_together(listed: list[list[int]]) -> None:
    left = settled([[said(blocks)] for blocks in listed])
    again = selected(TEN, [batch(list(left.values()))])
    assert (again.rows, again.cuts) == ([], [])


def test_what_a_cut_brings_together_is_shared_too() -> None:
    names = count()
    head, tail, one, other = (unique(size, names) for size in (6, 6, 20, 20))
    records = [[f"{one} x {other}"], [f"{head} {one} {tail}"], [f"q {head} {other} {tail}"]]
    assert settled(records) == {0: records[0], 1: [f"{head} {tail}"], 2: ["q"]}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(BLOCKS, min_size=1, max_size=3), min_size=2, max_size=6))
def test_no_word_of_a_record_that_stays_is_gone_from_all(listed: list[list[list[int]]]) -> None:
    records = [[said(blocks) for blocks in texts] for texts in listed]
    left = settled(records)
    had, has = (
        {word for texts in each for text in texts for word in words_of(text)}
        for each in ((records[number] for number in left), left.values())
    )
    assert has == had


def test_many_records_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = batch(many(6, 120))
    expected = selected(TEN, [whole])
    monkeypatch.setattr(joining, "WINDOWS_AT_ONCE", 100)
    monkeypatch.setattr(joining, "ROOM_BYTES", 100)
    assert selected(TEN, [whole]) == expected


@pytest.mark.parametrize(
    ("given_settings", "message"),
    [
        ({"words": 9}, "greater than or equal to 10"),
        ({"fields": ["reponse"]}, "'reponse' is no field; fields: prompt, response"),
        ({"fields": []}, "at least one field must be looked at"),
    ],
)
def test_wrong_settings_are_named(given_settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SubstringDedup.model_validate(given_settings)
