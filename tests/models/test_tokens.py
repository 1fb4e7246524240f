"""Labels: exactly the trained turns, with their end, and nothing silent."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from curate.models.chat import BUILT_IN
from curate.models.rendering import Renderer
from curate.models.tokens import IGNORED, Tokenized, tokenize
from tests.train.tiny import make_tokenizer

FORGETS_THOUGHTS = """
{%- set last = namespace(user=0) %}
{%- for m in messages %}{%- if m.role == 'user' %}{%- set last.user = loop.index0 %}{%- endif %}
{%- endfor %}
{%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}
{%- if m.role == 'assistant' and loop.index0 > last.user %}
{{- '[' + (m.reasoning_content or '') + ']' }}{%- endif %}
{{- m.content | trim + '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{%- endif %}"""


def turn(role: str, content: str | None, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("reasoning", "tool_calls", "tool_call_id", "name", "train"))
    return {"role": role, "content": content} | empty | more


def record(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = ("messages", "rejected", "desirable", "text", "tools")
    row: dict[str, Any] = {"id": bytes(16), "copy": 0} | dict.fromkeys(names)
    return row | {"messages": list(turns), "prompt_turns": len(turns) - 1} | more


TALK = record(
    turn("system", "Be kind."),
    turn("user", "Where is my order?"),
    turn("assistant", "It arrives tomorrow."),
    turn("user", "Cancel my plan, please."),
    turn("assistant", " Yes: done. "),
)


def one(
    row: dict[str, Any], tokenizer: Any, template: str = "chatml", max_length: int | None = None
) -> Tokenized:
    renderer = Renderer(tokenizer, BUILT_IN.get(template, template))
    return tokenize([row], renderer, max_length)[0]


def trained_texts(result: Tokenized, tokenizer: Any) -> list[str]:
    """The text of each run of trained tokens."""
    runs: list[list[int]] = [[]]
    for label in result.labels:
        if label == IGNORED:
            runs.append([])
        else:
            runs[-1].append(label)
    return [tokenizer.decode(run) for run in runs if run]


def test_labels_cover_exactly_the_assistant_turns_with_their_end_of_turn_token(
    tokenizer: Any,
) -> None:
    result = one(TALK, tokenizer)
    expected = ["It arrives tomorrow.<|im_end|>", " Yes: done. <|im_end|>"]
    assert trained_texts(result, tokenizer) == expected
    assert not result.notes
    pairs = zip(result.input_ids, result.labels, strict=True)
    assert all(label in (IGNORED, token) for token, label in pairs)


def test_the_tokens_are_those_of_the_chat_template(tokenizer: Any) -> None:
    messages = [{"role": t["role"], "content": t["content"]} for t in TALK["messages"]]
    output = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True)
    assert one(TALK, tokenizer).input_ids == output["input_ids"]


def test_train_marks_decide_which_turns_are_trained(tokenizer: Any) -> None:
    turns = [dict(t) for t in TALK["messages"]]
    turns[2]["train"] = False
    turns[3]["train"] = True
    texts = trained_texts(one(record(*turns), tokenizer), tokenizer)
    whole = "<|im_start|>user\nCancel my plan, please.<|im_end|>"
    assert texts == [whole, " Yes: done. <|im_end|>"]


def test_a_turn_that_others_change_is_found_by_its_text_and_counted(tokenizer: Any) -> None:
    row = record(*TALK["messages"][1:])
    result = one(row, tokenizer, FORGETS_THOUGHTS)
    expected = ["It arrives tomorrow.<|im_end|>", "[]Yes: done.<|im_end|>"]
    assert trained_texts(result, tokenizer) == expected
    assert result.notes == {"turn-found-by-text": 1}


def test_a_turn_that_cannot_be_found_is_counted_and_not_trained(tokenizer: Any) -> None:
    forgetful = "{% for m in messages[-2:] %}{{ m.content }}<|im_end|>{% endfor %}"
    result = one(record(*TALK["messages"][1:]), tokenizer, forgetful)
    assert result.notes["turn-not-found"] == 1
    assert "arrives" not in tokenizer.decode(result.input_ids)


def test_the_plain_template_ends_answers_by_end_of_sequence(tokenizer: Any) -> None:
    result = one(TALK, tokenizer, "plain")
    assert [t[-10:] for t in trained_texts(result, tokenizer)] == ["<|im_end|>"] * 2


def test_an_end_that_is_not_trained_is_counted(tokenizer: Any) -> None:
    endless = "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}"
    endless += "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
    assert one(TALK, tokenizer, endless).notes["turn-without-end"] == 2


def test_tool_calls_and_tools_are_rendered_and_trained(tokenizer: Any) -> None:
    call = {"type": "function", "function": {"name": "cancel", "arguments": {"plan": 7}}}
    tools = [{"type": "function", "function": {"name": "cancel", "parameters": {}}}]
    row = record(
        turn("user", "Cancel my plan."),
        turn("assistant", None, tool_calls=json.dumps([call])),
        turn("tool", '{"done": true}'),
        turn("assistant", "Done."),
        tools=json.dumps(tools),
    )
    result = one(row, tokenizer)
    called, answered = trained_texts(result, tokenizer)
    assert '"arguments": {"plan": 7}' in called
    assert called.endswith("<|im_end|>")
    assert answered == "Done.<|im_end|>"
    assert "None" not in tokenizer.decode(result.input_ids)
    blind = "{% for m in messages %}{{ m.content or 'call' }}<|im_end|>{% endfor %}"
    assert one(row, tokenizer, blind).notes["tools-ignored"] == 1


def test_all_tokens_of_a_document_are_trained_and_it_is_ended(tokenizer: Any) -> None:
    row = record(text="The plan ends.") | {"messages": None, "prompt_turns": 0}
    result = one(row, tokenizer)
    assert result.input_ids[-1] == tokenizer.eos_token_id
    assert result.labels == [IGNORED, *result.input_ids[1:]]


def test_what_truncation_cuts_is_counted(tokenizer: Any) -> None:
    whole = one(TALK, tokenizer)
    cut = one(TALK, tokenizer, max_length=len(whole.input_ids) - 5)
    assert cut.input_ids == whole.input_ids[:-5]
    assert cut.notes["tokens-cut"] == 5
    assert cut.notes["trained-tokens-cut"] == whole.trained - cut.trained > 0


def test_a_record_with_nothing_left_to_train_is_excluded_with_the_reason(tokenizer: Any) -> None:
    assert one(TALK, tokenizer, max_length=4).excluded == "the trained turns begin after 4 tokens"
    silent = record(turn("user", "hi"), turn("assistant", "hello", train=False))
    assert one(silent, tokenizer).excluded == "no token of it is trained"


def test_a_refusing_template_excludes_the_record_and_not_the_others(tokenizer: Any) -> None:
    strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    renderer = Renderer(tokenizer, strict + BUILT_IN["chatml"])
    refused, kept = tokenize([TALK, record(*TALK["messages"][1:])], renderer)
    assert refused.excluded is not None
    assert "no system" in refused.excluded
    assert kept.excluded is None


def test_text_that_spells_a_special_token_is_counted(tokenizer: Any) -> None:
    row = record(turn("user", "hi<|im_end|>"), turn("assistant", "hello"))
    assert one(row, tokenizer).notes["special-token-in-text"] == 1


@pytest.mark.parametrize("size", [1, 3])
def test_the_batch_has_no_influence(tokenizer: Any, size: int) -> None:
    renderer = Renderer(tokenizer, BUILT_IN["chatml"])
    rows = [TALK, record(*TALK["messages"][1:3]), record(*TALK["messages"][3:])]
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    assert [r for part in parts for r in tokenize(part, renderer)] == tokenize(rows, renderer)


def bundled_template(name: str) -> str:
    """A chat template of a real model, as the installed TRL brings it."""
    spec = importlib.util.find_spec("trl")
    if spec is None or spec.origin is None:
        pytest.skip("trl is not installed")
    path = Path(spec.origin).parent / "chat_templates" / f"{name}.jinja"
    if not path.is_file():
        pytest.skip(f"the installed trl brings no template of {name}")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("qwen2_5", "<|im_end|>"),
        ("qwen3", "<|im_end|>"),
        ("qwen3_5_think", "<|im_end|>"),
        ("llama3", "<|eot_id|>"),
        ("gemma3", "<end_of_turn>"),
        ("phi3", "<|end|>"),
        ("deepseekv3", "<｜end▁of▁sentence｜>"),
        ("nemotron_3_nano", "<|im_end|>"),
    ],
)
def test_the_answers_in_real_templates_are_trained_with_their_ends(name: str, end: str) -> None:
    tokenizer = make_tokenizer()
    template = bundled_template(name)
    spelt = re.findall(r"<[|｜][^|｜<>]+[|｜]>|<(?:start|end)_of_turn>", template)
    tokenizer.add_tokens(sorted(set(spelt)), special_tokens=True)
    tokenizer.bos_token = "<|endoftext|>"
    result = one(record(*TALK["messages"][1:]), tokenizer, template)
    first, last = trained_texts(result, tokenizer)
    assert first.endswith(f"It arrives tomorrow.{end}")
    assert "Yes: done." in last
    assert end in last
    assert "order" not in first + last
    assert "plan" not in first + last
    assert not {"turn-not-found", "turn-without-end", "text-ignored"} & result.notes.keys()


def test_text_that_a_template_leaves_out_is_counted(tokenizer: Any) -> None:
    deaf = "{% for m in messages %}{{ m.role }}<|im_end|>{% endfor %}"
    assert one(TALK, tokenizer, deaf).notes["text-ignored"] == 1
