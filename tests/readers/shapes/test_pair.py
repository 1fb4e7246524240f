"""A prompt with an answer: Alpaca, prompt and completion, question and answer."""

from collections.abc import Callable
from typing import Any

import pytest

ReadRecords = Callable[..., Any]


def turns(record: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(turn["role"], turn["content"]) for turn in record["messages"]]


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("instruction", "output"),
        ("instruction", "response"),
        ("prompt", "completion"),
        ("prompt", "response"),
        ("question", "answer"),
    ],
)
def test_a_prompt_and_an_answer_keep_every_space(
    read_records: ReadRecords, prompt: str, response: str
) -> None:
    [record] = read_records({prompt: " ask\n", response: " say ", "extra": [1]}).records
    assert turns(record) == [("user", " ask\n"), ("assistant", " say ")]
    assert (record["prompt_turns"], record["meta"]) == (1, '{"extra":[1]}')


@pytest.mark.parametrize(
    ("given", "asked"), [("text", "Sum up:\ntext"), ("", "Sum up:"), (None, "Sum up:")]
)
def test_alpaca_joins_the_input_by_a_line_end(
    read_records: ReadRecords, given: str | None, asked: str
) -> None:
    [record] = read_records({"instruction": "Sum up:", "input": given, "output": "ok"}).records
    assert turns(record)[0] == ("user", asked)
    assert record["meta"] == "{}"


def test_history_and_system_come_first(read_records: ReadRecords) -> None:
    record = {"instruction": "c", "output": "d", "history": [["a", "b"]], "system": "s"}
    [found] = read_records(record).records
    assert turns(found) == [
        ("system", "s"),
        ("user", "a"),
        ("assistant", "b"),
        ("user", "c"),
        ("assistant", "d"),
    ]
    assert found["prompt_turns"] == 4


def test_ranked_answers_are_a_preference(read_records: ReadRecords) -> None:
    [record] = read_records({"instruction": "a", "output": ["best", "good", "worst"]}).records
    assert turns(record)[1] == ("assistant", "best")
    assert record["rejected"][0]["content"] == "worst"
    assert record["meta"] == '{"ranked_between":["good"]}'


def test_turns_may_stand_for_texts(read_records: ReadRecords) -> None:
    prompt = [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]
    completion = [{"role": "assistant", "content": "b"}]
    [record] = read_records({"prompt": prompt, "completion": completion}).records
    assert (len(record["messages"]), record["prompt_turns"]) == (3, 2)


def test_an_answer_with_a_verdict_is_unpaired(read_records: ReadRecords) -> None:
    [record] = read_records({"prompt": "a", "completion": "b", "label": True}).records
    assert record["desirable"] is True


@pytest.mark.parametrize("answer", ["", None])
def test_an_empty_answer_is_read(read_records: ReadRecords, answer: str | None) -> None:
    [record] = read_records({"prompt": "a", "completion": answer}).records
    assert turns(record) == [("user", "a"), ("assistant", answer)]
    assert record["prompt_turns"] == 1


def test_a_prompt_alone_is_a_prompt(read_records: ReadRecords) -> None:
    [record] = read_records({"prompt": "a", "source": "web"}).records
    assert (turns(record), record["prompt_turns"]) == ([("user", "a")], 1)
    assert record["meta"] == '{"source":"web"}'


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"prompt": 3, "completion": "b"}, "column 'prompt' is a number; a prompt is a text"),
        ({"prompt": "a", "completion": 4}, "completion is a number; an answer is a text"),
        ({"prompt": "a", "completion": []}, "completion has no turns"),
        ({"prompt": "a", "completion": ["b", 3]}, "completion holds a number"),
        ({"instruction": "a", "input": 3, "output": "b"}, "column 'input' is a number"),
        ({"prompt": "a", "completion": "b", "history": "x"}, "history is a text"),
        ({"prompt": "a", "completion": "b", "history": [["x"]]}, "history[0] is no pair"),
        ({"prompt": "a", "completion": "b", "tools": "none"}, "tools is a text that is not JSON"),
        ({"text": 3}, "text is a number"),
        ({"Frage": "a", "Antwort": None}, "the columns are 'Frage', 'Antwort' (null). Name"),
    ],
)
def test_what_has_no_shape_says_what_was_found(
    read_records: ReadRecords, record: dict[str, Any], said: str
) -> None:
    outcome = read_records(record)
    assert outcome.records == []
    assert said in outcome.reasons[0]


def test_files_of_mixed_shapes_are_read(read_records: ReadRecords) -> None:
    outcome = read_records({"text": "a"}, {"prompt": "a", "completion": "b"}, {"content": "c"})
    assert [record["text"] for record in outcome.records] == ["a", None, "c"]
