from typing import Any

import pyarrow as pa
import pytest

from curate.conversations import COLUMNS, WHOLE, record_of
from curate.fields import (
    FIELDS,
    can_be_judged,
    can_be_measured,
    field_columns,
    field_texts,
    is_field,
    leaves,
    with_texts,
)
from curate.record import batch_of, kind_of

CHAT: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Time?"},
        {"role": "assistant", "content": None, "tool_calls": "[{}]", "reasoning": "look it up"},
        {"role": "tool", "content": "noon"},
        {"role": "assistant", "content": "Noon.", "reasoning": "it said noon"},
    ],
    "prompt_turns": 4,
}
PAIR: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}],
    "prompt_turns": 1,
    "rejected": [{"role": "assistant", "content": "Go away."}],
}
PAGE: dict[str, Any] = {"text": "a page"}
NOTHING: dict[str, Any] = {"messages": [], "prompt_turns": 0}


def batch() -> pa.RecordBatch:
    return batch_of([CHAT, PAIR, PAGE, NOTHING])


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("prompt", ["Time?\n\n\n\nnoon", "Hi", None, None]),
        ("response", ["Noon.", "Hello.", None, None]),
        ("chosen", ["Noon.", "Hello.", None, None]),
        ("system", ["Be brief.", None, None, None]),
        ("rejected", [None, "Go away.", None, None]),
        ("text", [None, None, "a page", None]),
        ("messages[1].content", ["Time?", "Hello.", None, None]),
        ("messages[-1].content", ["Noon.", "Hello.", None, None]),
        ("messages[-9].content", [None, None, None, None]),
    ],
)
def test_a_field_is_one_text_a_record_or_null(field: str, texts: list[str | None]) -> None:
    assert field_texts(batch(), field).to_pylist() == texts
    assert field_texts(batch().slice(1, 2), field).to_pylist() == texts[1:3]


def test_paths_are_fields_only_when_they_name_one_turn() -> None:
    assert is_field("messages[-1].content")
    assert not is_field("messages[x].content")
    assert not is_field("messages.content")
    assert not is_field("answer")


def test_a_whole_record_is_one_text_and_a_record_again() -> None:
    called = CHAT | {"tools": '[{"type":"function"}]'}
    rows = batch_of([called, PAIR, PAGE, NOTHING])
    whole = rows.select(COLUMNS).to_pylist()
    conversations = field_texts(rows, "conversation").to_pylist()
    preferences = field_texts(rows, "preference").to_pylist()
    assert [text is None for text in conversations] == [False, False, True, True]
    assert [text is None for text in preferences] == [True, False, True, True]
    for text, row in zip(conversations[:2], whole, strict=False):
        expected = row | {"kind": kind_of(row), "rejected": None}
        assert record_of(text) == expected
        assert field_texts(batch_of([record_of(text) or {}]), "prompt").is_valid().to_pylist()
    assert record_of(preferences[1]) == whole[1] | {"kind": "preference"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a page",
        '{"conversation":1}',
        '{"conversation":1,"kind":',
        '{"conversation":1,"kind":2}',
    ],
)
def test_a_document_that_only_begins_like_a_conversation_is_none(text: str) -> None:
    assert record_of(text) is None


def test_whole_records_are_measured_and_never_judged_or_edited() -> None:
    for field in WHOLE:
        assert can_be_measured(field)
        assert not can_be_judged(field)
        assert not is_field(field)
        assert not can_be_judged(f"{field}.prose")
    assert not can_be_measured("all")


@pytest.mark.parametrize("field", [*FIELDS[:-1], *WHOLE, "response.prose", "messages[0].content"])
def test_a_field_needs_no_other_columns_than_it_says(field: str) -> None:
    assert field_texts(batch().select(field_columns(field)), field).equals(
        field_texts(batch(), field)
    )


def leaf_texts(*fields: str) -> dict[str, str]:
    return {
        f"{row}:{leaf.path(place)}": text
        for leaf in leaves(batch(), fields)
        for place, (row, text) in enumerate(zip(leaf.rows, leaf.texts.to_pylist(), strict=True))
        if text is not None
    }


def test_all_reaches_every_text_where_it_stands() -> None:
    assert leaf_texts("all") == {
        "2:text": "a page",
        "0:messages[0].content": "Be brief.",
        "0:messages[1].content": "Time?",
        "0:messages[2].reasoning": "look it up",
        "0:messages[3].content": "noon",
        "0:messages[4].content": "Noon.",
        "0:messages[4].reasoning": "it said noon",
        "1:messages[0].content": "Hi",
        "1:messages[1].content": "Hello.",
        "1:rejected[0].content": "Go away.",
    }


def test_a_path_reaches_the_content_of_its_turn_alone() -> None:
    assert leaf_texts("messages[-1].content") == {
        "0:messages[4].content": "Noon.",
        "1:messages[1].content": "Hello.",
    }


def test_the_response_is_what_the_assistant_says_and_no_tool() -> None:
    record = {**CHAT, "prompt_turns": 2}
    [content, reasoning] = leaves(batch_of([record]), ("response",))
    assert content.texts.to_pylist() == [None, None, None, None, "Noon."]
    assert reasoning.texts.to_pylist() == [None, None, "look it up", None, "it said noon"]


def test_texts_go_back_where_they_came_from() -> None:
    before = batch().slice(0, 3)
    after = before
    for leaf in leaves(before):
        upper = pa.array([t and t.upper() for t in leaf.texts.to_pylist()], pa.string())
        after = with_texts(after, leaf, upper)
    assert after.schema == before.schema
    first, second, third = after.to_pylist()
    assert [turn["content"] for turn in first["messages"]] == [
        *("BE BRIEF.", "TIME?"),
        *(None, "NOON", "NOON."),
    ]
    assert first["messages"][2]["tool_calls"] == "[{}]"
    assert second["rejected"][0]["content"] == "GO AWAY."
    assert (third["text"], third["messages"]) == ("A PAGE", None)
