"""Preference pairs in all the forms that data sets give them."""

from collections.abc import Callable
from typing import Any

import pytest

ReadRecords = Callable[..., Any]

USER = {"role": "user", "content": "hi"}
GOOD = {"role": "assistant", "content": "good"}
BAD = {"role": "assistant", "content": "bad"}


def summary(record: dict[str, Any]) -> tuple[list[str], int, list[str]]:
    return (
        [turn["content"] for turn in record["messages"]],
        record["prompt_turns"],
        [turn["content"] for turn in record["rejected"]],
    )


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "hi", "chosen": "good", "rejected": "bad"},
        {"question": "hi", "chosen": "good", "rejected": "bad"},
        {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
        {"conversations": [USER], "chosen": GOOD, "rejected": BAD},
        {
            "conversations": [{"from": "human", "value": "hi"}],
            "chosen": {"from": "gpt", "value": "good"},
            "rejected": {"from": "gpt", "value": "bad"},
        },
        {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"chosen_messages": [USER, GOOD], "rejected_messages": [USER, BAD]},
        {
            "prompt": "hi",
            "messages": [USER, GOOD],
            "chosen": [USER, GOOD],
            "rejected": [USER, BAD],
        },
        {
            "input": {"messages": [USER]},
            "preferred_output": [GOOD],
            "non_preferred_output": [BAD],
        },
        {
            "chosen": "\n\nHuman: hi\n\nAssistant: good",
            "rejected": "\n\nHuman: hi\n\nAssistant: bad",
        },
    ],
)
def test_a_pair_is_a_prompt_and_two_endings(
    read_records: ReadRecords, record: dict[str, Any]
) -> None:
    [found] = read_records(record).records
    assert summary(found) == (["hi", "good"], 1, ["bad"])
    assert found["meta"] == "{}"


def test_conversations_that_part_early_share_their_first_turns(read_records: ReadRecords) -> None:
    more = {"role": "user", "content": "more"}
    record = {"chosen": [USER, GOOD, more, GOOD], "rejected": [USER, BAD, more, BAD]}
    [found] = read_records(record).records
    assert summary(found) == (["hi", "good", "more", "good"], 1, ["bad", "more", "bad"])


def test_equal_conversations_still_differ_in_nothing_but_their_ending(
    read_records: ReadRecords,
) -> None:
    [found] = read_records({"chosen": [USER, GOOD], "rejected": [USER, GOOD]}).records
    assert summary(found) == (["hi", "good"], 1, ["good"])


def test_what_is_trained_does_not_part_conversations(read_records: ReadRecords) -> None:
    chosen = [{**USER, "loss_weight": 0}, GOOD]
    [found] = read_records({"chosen": chosen, "rejected": [USER, BAD]}).records
    assert found["prompt_turns"] == 1


def test_a_system_column_stands_before_whole_conversations(read_records: ReadRecords) -> None:
    record = {"system": "s", "chosen": [USER, GOOD], "rejected": [USER, BAD]}
    [found] = read_records(record).records
    assert summary(found) == (["s", "hi", "good"], 2, ["bad"])


def test_a_prompt_that_the_conversations_do_not_repeat_is_kept(read_records: ReadRecords) -> None:
    record = {"prompt": "other", "chosen": [USER, GOOD], "rejected": [USER, BAD]}
    [found] = read_records(record).records
    assert found["meta"] == '{"prompt":"other"}'


def test_openai_preferences_keep_tools_and_settings(read_records: ReadRecords) -> None:
    inner = {"messages": [USER], "tools": [{"name": "f"}], "parallel_tool_calls": True}
    record = {"input": inner, "preferred_output": [GOOD], "non_preferred_output": [BAD]}
    [found] = read_records(record).records
    assert found["tools"] == '[{"name":"f"}]'
    assert found["meta"] == '{"input":{"parallel_tool_calls":true}}'


def test_a_transcript_keeps_all_white_space_but_one_space(read_records: ReadRecords) -> None:
    start = "\n\nHuman:  two\n\nlines \n\nAssistant:"
    [found] = read_records({"chosen": f"{start} good ", "rejected": f"{start}\n"}).records
    assert summary(found) == ([" two\n\nlines ", "good "], 1, ["\n"])


def test_an_answer_that_names_its_speaker_keeps_the_name(read_records: ReadRecords) -> None:
    record = {"prompt": "hi", "chosen": "Assistant: good", "rejected": "Human: bad"}
    [found] = read_records(record).records
    assert summary(found) == (["hi", "Assistant: good"], 1, ["Human: bad"])


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"chosen": "a", "rejected": "b"}, "texts without a prompt; name it by `map:`"),
        ({"prompt": "p", "chosen": "a", "rejected": None}, "rejected is null; a preference pair"),
        ({"prompt": "p", "chosen": "a", "rejected": 3}, "rejected is a number"),
        ({"prompt": "p", "chosen": [USER, GOOD], "rejected": "b"}, "is a whole conversation"),
        ({"chosen": [USER, GOOD], "rejected": [BAD]}, "have no first turn in common"),
        ({"prompt": "p", "chosen": [], "rejected": []}, "chosen has no turns"),
    ],
)
def test_what_is_no_pair_says_why(
    read_records: ReadRecords, record: dict[str, Any], said: str
) -> None:
    outcome = read_records(record)
    assert outcome.records == []
    assert said in outcome.reasons[0]
