"""Preference pairs on their way to TRL."""

import json
from typing import Any

import pytest

from curate.models.rendering import Renderer
from curate.progress import Silent
from curate.store import Store
from curate.train.preference import feed_dpo
from tests.train.conftest import PAIRS, Maker
from tests.train.tiny import make_tokenizer


def calling(arguments: Any) -> dict[str, Any]:
    function = {"name": "find", "arguments": arguments}
    call = {"id": "c1", "type": "function", "function": function}
    answer = {"role": "tool", "tool_call_id": "c1", "content": "{}"}
    asked = [PAIRS[0]["prompt"][0], {"role": "assistant", "tool_calls": [call]}, answer]
    tool = {"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}
    return PAIRS[0] | {"prompt": asked, "tools": [tool]}


@pytest.fixture
def renderer() -> Renderer:
    tokenizer = make_tokenizer()
    return Renderer(tokenizer, tokenizer.chat_template)


def test_tool_calls_reach_trl_as_they_were_without_nulls_between_records(
    store: Store, dataset: Maker, renderer: Renderer
) -> None:
    arguments = [{"order": 1}, {"order": "A-2", "deep": {"x": [1, "y"]}}]
    ref = dataset("calls", [*map(calling, arguments), PAIRS[1]])
    feed = feed_dpo(store.version(ref), renderer, 512, Silent())
    rows = list(feed.dataset)
    assert "null" not in json.dumps([[row["prompt"], row["chosen"]] for row in rows])
    called = [m["tool_calls"] for row in rows for m in row["prompt"] if "tool_calls" in m]
    found = [calls[0]["function"]["arguments"] for calls in called]
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, arguments))
    assert sorted(row["tools"] is None for row in rows) == [False, False, True]


def test_a_pair_that_cannot_be_trained_is_left_out_with_the_reason(
    store: Store, dataset: Maker
) -> None:
    strict = "{% if 'order 3' in messages[0].content %}{{ raise_exception('not 3') }}{% endif %}"
    tokenizer = make_tokenizer()
    renderer = Renderer(tokenizer, strict + tokenizer.chat_template)
    ref = dataset("pairs", PAIRS)
    feed = feed_dpo(store.version(ref), renderer, 512, Silent())
    assert feed.account.fed == len(feed.dataset) == len(PAIRS) - 1
    assert ["not 3" in reason for reason in feed.account.excluded.values()] == [True]


def test_cut_answers_and_prompts_that_change_are_counted(
    store: Store, dataset: Maker, renderer: Renderer
) -> None:
    ref = dataset("pairs", PAIRS)
    version = store.version(ref)
    whole = feed_dpo(version, renderer, 512, Silent())
    assert not whole.account.notes
    short = feed_dpo(version, renderer, 20, Silent())
    assert short.account.notes["answer-truncated"] > 0
    fickle = "{% if messages | length > 1 %}late {% endif %}" + renderer.template
    changed = feed_dpo(version, Renderer(renderer.tokenizer, fickle), 512, Silent())
    assert changed.account.notes["prompt-not-a-prefix"] == len(PAIRS)
