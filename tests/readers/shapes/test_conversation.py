"""OpenAI's and ShareGPT's conversations, through the whole reader."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

ReadRecords = Callable[..., Any]

USER = {"role": "user", "content": "hi"}
ANSWER = {"role": "assistant", "content": "hello"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"b": 1, "a": 2}'}}


def roles(record: dict[str, Any], column: str = "messages") -> list[str]:
    return [turn["role"] for turn in record[column]]


def contents(record: dict[str, Any], column: str = "messages") -> list[str | None]:
    return [turn["content"] for turn in record[column]]


def test_a_conversation_that_ends_with_the_assistant_has_a_response(
    read_records: ReadRecords,
) -> None:
    [record] = read_records({"messages": [USER, ANSWER, USER, ANSWER], "id": 7}).records
    assert (record["prompt_turns"], record["meta"]) == (3, '{"id":7}')


def test_a_conversation_that_ends_with_the_user_is_a_prompt(read_records: ReadRecords) -> None:
    [record] = read_records({"messages": [USER, ANSWER, USER]}).records
    assert record["prompt_turns"] == 3


def test_tool_calls_keep_their_id_and_their_arguments_become_an_object(
    read_records: ReadRecords,
) -> None:
    messages = [
        {"role": "developer", "content": "be kind"},
        {"role": "user", "content": "hi", "name": "ann"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "3", "tool_call_id": "c1"},
        {"role": "assistant", "content": "It is 3.", "refusal": None},
    ]
    tools = [{"type": "function", "function": {"name": "f", "description": "d"}}]
    [record] = read_records({"messages": messages, "tools": tools}).records
    assert roles(record) == ["system", "user", "assistant", "tool", "assistant"]
    turns = record["messages"]
    assert turns[2]["tool_calls"] == (
        '[{"id":"c1","type":"function","function":{"name":"f","arguments":{"b":1,"a":2}}}]'
    )
    assert (turns[1]["name"], turns[3]["tool_call_id"]) == ("ann", "c1")
    assert record["tools"] == orjson.dumps(tools).decode()
    assert record["meta"] == "{}"


def test_the_older_function_call_is_a_tool_call(read_records: ReadRecords) -> None:
    messages = [
        USER,
        {"role": "assistant", "function_call": {"name": "f", "arguments": "not JSON"}},
        {"role": "function", "name": "f", "content": "3"},
    ]
    [record] = read_records({"messages": messages}).records
    assert roles(record) == ["user", "assistant", "tool"]
    assert record["messages"][1]["tool_calls"] == (
        '[{"type":"function","function":{"name":"f","arguments":"not JSON"}}]'
    )


def test_numbers_that_json_would_round_stay_text(read_records: ReadRecords) -> None:
    arguments = '{"n": 123456789012345678901}'
    call = {"function": {"name": "f", "arguments": arguments}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    [record] = read_records({"messages": [USER, message]}).records
    [found] = orjson.loads(record["messages"][1]["tool_calls"])
    assert found["function"]["arguments"] == arguments


def test_parts_become_content_reasoning_and_calls(read_records: ReadRecords) -> None:
    call = '{"name": "f", "arguments": {}}'
    parts = [
        {"type": "reasoning", "value": "Let me think."},
        {"type": "text", "text": "a"},
        {"type": "text", "value": "b", "cache": True},
        {"type": "tool_call", "value": call},
    ]
    [record] = read_records({"messages": [USER, {"role": "assistant", "content": parts}]}).records
    turn = record["messages"][1]
    assert (turn["content"], turn["reasoning"]) == ("ab", "Let me think.")
    assert orjson.loads(turn["tool_calls"])[0]["function"]["name"] == "f"
    assert record["meta"] == '{"messages[1].content[2].cache":true}'


@pytest.mark.parametrize("name", ["reasoning_content", "thinking", "reasoning"])
def test_thought_beside_the_content_is_reasoning(read_records: ReadRecords, name: str) -> None:
    [record] = read_records({"messages": [USER, {**ANSWER, name: "hm"}]}).records
    assert record["messages"][1]["reasoning"] == "hm"


@pytest.mark.parametrize("name", ["weight", "loss_weight", "train"])
def test_weights_say_what_is_trained(read_records: ReadRecords, name: str) -> None:
    messages = [USER, {**ANSWER, name: 0}, USER, {**ANSWER, name: 1.0}, {**ANSWER, name: 0.5}]
    [record] = read_records({"messages": messages}).records
    assert [turn["train"] for turn in record["messages"]] == [None, False, None, True, True]
    assert record["meta"] == f'{{"messages[4].{name}":0.5}}'


def test_sharegpt_with_tools_and_a_system_column(read_records: ReadRecords) -> None:
    conversations = [
        {"from": "human", "value": "hi"},
        {"from": "function_call", "value": '{"name": "f", "arguments": {"a": 1}}'},
        {"from": "observation", "value": "3"},
        {"from": "gpt", "value": "It is 3."},
    ]
    tools = '[{"name": "f", "description": "d"}]'
    record = {"conversations": conversations, "system": "be kind", "tools": tools}
    [found] = read_records(record).records
    assert roles(found) == ["system", "user", "assistant", "tool", "assistant"]
    assert contents(found)[:3] == ["be kind", "hi", None]
    assert orjson.loads(found["messages"][2]["tool_calls"])[0]["function"]["arguments"] == {"a": 1}
    assert found["tools"] == '[{"name":"f","description":"d"}]'


def test_a_conversation_keeps_its_own_system_turn(read_records: ReadRecords) -> None:
    messages = [{"role": "system", "content": "own"}, USER, ANSWER]
    [record] = read_records({"messages": messages, "system": "other"}).records
    assert contents(record) == ["own", "hi", "hello"]
    assert record["meta"] == '{"system":"other"}'


def test_a_conversation_written_as_json_text_is_read(read_records: ReadRecords) -> None:
    [record] = read_records({"messages": orjson.dumps([USER, ANSWER]).decode()}).records
    assert roles(record) == ["user", "assistant"]


@pytest.mark.parametrize("column", ["label", "tag", "desirable"])
def test_a_boolean_beside_an_answer_is_its_verdict(read_records: ReadRecords, column: str) -> None:
    [record] = read_records({"messages": [USER, ANSWER], column: False}).records
    assert (record["desirable"], record["meta"]) == (False, "{}")


def test_a_number_beside_an_answer_is_no_verdict(read_records: ReadRecords) -> None:
    [record] = read_records({"messages": [USER, ANSWER], "label": 1}).records
    assert (record["desirable"], record["meta"]) == (None, '{"label":1}')


def test_a_verdict_without_an_answer_is_kept_in_meta(read_records: ReadRecords) -> None:
    [record] = read_records({"messages": [USER], "label": True}).records
    assert (record["desirable"], record["meta"]) == (None, '{"label":true}')


@pytest.mark.parametrize("content", ["", None, []])
def test_an_empty_answer_is_read(read_records: ReadRecords, content: object) -> None:
    outcome = read_records({"messages": [USER, {"role": "assistant", "content": content}]})
    assert (len(outcome.records), len(outcome.bad)) == (1, 0)


IMAGE = {"type": "image_url", "image_url": {"url": "x"}}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], "messages has no turns"),
        ("hello", "a text that is not JSON"),
        (["hello"], "messages[0] is a text; a turn is an object"),
        ([{"role": "user", "content": 5}], "messages[0].content is a number"),
        ([{"role": "user", "content": {"a": 1}}], "messages[0].content is an object"),
        ([{"role": "robot", "content": "x"}], "the unknown role 'robot'; known are system,"),
        ([{"content": "x"}], "messages[0] has no role"),
        ([{"role": ["user"], "content": "x"}], "messages[0].role is a list"),
        ([{"role": "user"}], "neither content nor tool calls"),
        ([{"role": "user", "content": [IMAGE]}], "a part of type 'image_url'; records are text"),
        ([{"role": "user", "content": [{"type": "text"}]}], "content[0] is null"),
        ([{"role": "user", "content": "x", "name": 3}], "messages[0].name is a number"),
        ([{"role": "user", "content": "x", "weight": "1"}], "weight is a text; 0 or 1 is right"),
        ([{"from": "function_call", "value": "f(1)"}], "is a text that is not JSON: 'f(1)'"),
        ([{**ANSWER, "tool_calls": [{"arguments": {}}]}], "tool_calls[0] has no function name"),
        ([{**ANSWER, "tool_calls": ["f"]}], "tool_calls[0] is a text"),
    ],
)
def test_what_is_no_conversation_says_what_would_be_right(
    read_records: ReadRecords, messages: object, said: str
) -> None:
    outcome = read_records({"messages": messages})
    assert outcome.records == []
    assert said in outcome.reasons[0]


def test_nulls_that_tables_write_for_absent_fields_say_nothing(read_records: ReadRecords) -> None:
    empty = {"name": None, "tool_calls": None, "weight": None, "audio": None}
    messages = [{**USER, **empty}, {**ANSWER, **empty, "name": "bot"}]
    filled, plain = read_records(
        {"messages": messages}, {"messages": [USER, {**ANSWER, "name": "bot"}]}
    ).records
    assert filled["messages"] == plain["messages"]
    assert filled["meta"] == "{}"
