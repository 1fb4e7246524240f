"""The prompts that records answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.record import WORKING, batch_of
from curate.signals.prompts import Prompts, prompts_of

ROLES = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}


def conversation(*said: str, **more: Any) -> dict[str, Any]:
    """A conversation of turns such as `u:What?`; the last turn is the response."""
    turns = [{"role": ROLES[turn[0]], "content": turn[2:]} for turn in said]
    return {"messages": turns, "prompt_turns": max(0, len(turns) - 1), **more}


def prompts(*records: dict[str, Any]) -> Prompts:
    return prompts_of(batch_of(records, WORKING))


def own(*records: dict[str, Any]) -> list[Any]:
    return list(prompts(*records).own.to_pylist())


@pytest.mark.parametrize(
    "other",
    [
        conversation("u:what  IS\nthis? ", "a:Something else."),
        conversation("s:Be brief.", "u:What is this?", "a:No."),
        {"messages": [{"role": "user", "content": "What is this?"}], "prompt_turns": 1},
        conversation("u:What is this?", "a:x", rejected=[{"role": "assistant", "content": "y"}]),
    ],
)
def test_equal_prompts_have_one_key(other: dict[str, Any]) -> None:
    first, second = own(conversation("u:What is this?", "a:A lamp."), other)
    assert first == second != None  # noqa: E711


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["u:ab", "a:c", "u:d", "a:e"], ["u:a", "a:bc", "u:d", "a:e"]),
        (["u:a", "a:b", "u:c", "a:d"], ["u:c", "a:d"]),
        (["u:a", "a:x"], ["u:b", "a:x"]),
    ],
)
def test_other_prompts_have_other_keys(one: list[str], other: list[str]) -> None:
    first, second = own(conversation(*one), conversation(*other))
    assert first != second


def test_nothing_is_no_prompt() -> None:
    nothing = ({"text": "a page"}, conversation("u: ", "a:b"), conversation("s:Be brief.", "a:b"))
    assert own(*nothing, {"messages": [], "prompt_turns": 0}) == [None] * 4


def test_every_turn_that_is_trained_answers_a_prompt() -> None:
    long = conversation("s:Hm", "u:one", "a:1", "u:two", "a:2", "u:three", "a:3")
    untrained = conversation("u:one", "a:1", "u:two", "a:2")
    untrained["messages"][1]["train"] = False
    pair = conversation("u:one", "a:1", "u:two", "a:2", rejected=[])
    first = own(conversation("u:one", "a:x"))
    second = own(conversation("u:one", "a:1", "u:two", "a:x"))
    found = prompts(long, untrained, pair, conversation("a:Hello.", "u:one", "a:1"))
    assert found.earlier.to_pylist() == [[*first, *second], [], [], []]
    assert found.own.to_pylist()[1:3] == [*second, *second]


TURN = st.sampled_from(["s:x", "s:", "u:a", "u:b", "u:", "a:a", "a:c", "t:d"])


@given(st.lists(st.lists(TURN, max_size=6).map(lambda said: conversation(*said)), max_size=6))
def test_the_keys_of_a_record_do_not_depend_on_those_beside_it(
    records: list[dict[str, Any]],
) -> None:
    together = prompts(*records)
    alone = [prompts(record) for record in records]
    assert together.own.to_pylist() == [one.own.to_pylist()[0] for one in alone]
    assert together.earlier.to_pylist() == [one.earlier.to_pylist()[0] for one in alone]
