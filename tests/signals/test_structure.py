from typing import Any

import pytest

from curate.fields import field_texts
from curate.record import batch_of
from curate.scan import Scan
from curate.signals import measure

CALL = '[{"type":"function"}]'


def turn(letter: str, content: str | None = "x") -> dict[str, Any]:
    names = {"s": "system", "u": "user", "a": "assistant", "c": "assistant", "t": "tool"}
    calls = CALL if letter == "c" else None
    return {"role": names[letter], "content": content, "tool_calls": calls}


def chat(letters: str, prompt_turns: int = 0) -> dict[str, Any]:
    return {"messages": [turn(letter) for letter in letters], "prompt_turns": prompt_turns}


def of_records(name: str, *records: dict[str, Any]) -> list[object]:
    batch = batch_of(records)
    values: list[object] = measure(name, batch, Scan(field_texts(batch, "response"))).to_pylist()
    return values


def test_roles_tell_turns_that_call_tools_from_turns_that_answer() -> None:
    assert of_records("roles", chat("suctcta"), chat(""), {"text": "x"}) == ["suctcta", "", None]
    assert of_records("turns", chat("suctcta"), chat(""), {"text": "x"}) == [7, 0, None]


def test_a_tool_may_answer_nothing_and_a_call_needs_no_words() -> None:
    record = {"messages": [turn("u", " "), turn("c", None), turn("t", ""), turn("a", None)]}
    assert of_records("empty_turns", record, {"text": "x"}) == [2, None]


def test_only_calls_after_the_prompt_count() -> None:
    records = [chat("uc", 1), chat("ucta", 3), chat("ua", 1), {"text": "x"}]
    assert of_records("has_tool_calls", *records) == [True, False, False, None]


def test_an_empty_list_of_calls_is_no_call() -> None:
    record = chat("ua", 1)
    record["messages"][1]["tool_calls"] = "[]"
    assert of_records("roles", record) == ["ua"]


@pytest.mark.parametrize(
    ("question", "answer", "share", "new"),
    [
        ("What is this?", "What is  this? A pen.", 1.0, 2),
        ("What is this?", "What is this?", 1.0, 0),
        ("What is this?", "What was this?", 1 / 3, None),
        ("What is this?", "A pen.", 0.0, None),
        ("What is this?", "What", 1 / 3, None),
        (" ", "A pen.", None, None),
    ],
)
def test_an_echo_is_counted_in_words_from_the_beginning(
    question: str, answer: str, share: float | None, new: int | None
) -> None:
    record = {"messages": [turn("u", question), turn("a", answer)], "prompt_turns": 1}
    assert of_records("prompt_echo", record) == [share]
    assert of_records("new_words", record) == [new]


def test_the_last_question_before_the_answer_is_what_is_echoed() -> None:
    turns = [turn("u", "first"), turn("a"), turn("u", "second"), turn("a", "first")]
    assert of_records("prompt_echo", {"messages": turns, "prompt_turns": 3}) == [0.0]
