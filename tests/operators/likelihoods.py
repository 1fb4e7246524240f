"""The signals of language models by the slowest way: one text at a time, in float64."""

import json
from collections.abc import Mapping, Sequence
from math import exp
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.fields import field_texts
from curate.operators import load
from curate.record import batch_of

USER = "Where is my order, and how do I reset my password?"
LONG = (
    "It was sent on Monday and arrives tomorrow. Open Settings and choose Reset password, please."
)
SHORT = "Yes: the plan ends with this month, and nothing is charged after that day."
TOOLS = '[{"type":"function","function":{"name":"find","parameters":{"type":"object"}}}]'
CALLS = '[{"type":"function","function":{"name":"find","arguments":{"order":7}}}]'


def turn(role: str, content: str | None, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def talk(*turns: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(turns), "prompt_turns": len(turns) - 1, **more}


TALKS: dict[str, dict[str, Any]] = {
    "one turn": talk(turn("user", USER), turn("assistant", LONG)),
    "system prompt": talk(turn("system", "Be kind."), turn("user", USER), turn("assistant", LONG)),
    "several turns": talk(
        turn("user", USER),
        turn("assistant", LONG),
        turn("user", "Cancel my plan."),
        turn("assistant", SHORT),
    ),
    "untrained turn": talk(
        turn("user", USER),
        turn("assistant", LONG, train=False),
        turn("user", "Cancel it."),
        turn("assistant", SHORT),
    ),
    "tools": talk(
        turn("user", USER),
        turn("assistant", None, tool_calls=CALLS),
        turn("tool", '{"found": 7}'),
        turn("assistant", LONG),
        tools=TOOLS,
    ),
}


def texts_of(records: Sequence[Mapping[str, Any]], field: str = "conversation") -> pa.StringArray:
    return field_texts(batch_of(records), field)


class Direct:
    """A model that scores plainly."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.model: Any = AutoModelForCausalLM.from_pretrained(folder).double().eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)

    def rendered(self, record: Mapping[str, Any], end: int, prompt: bool = False) -> list[int]:
        """The tokens of the first turns of a conversation."""
        turns = [
            {key: json.loads(value) if key == "tool_calls" else value for key, value in each.items()
             if key != "train" and value is not None}
            for each in record["messages"][:end]
        ]  # fmt: skip
        tools = json.loads(record["tools"]) if record.get("tools") else None
        template = self.tokenizer.chat_template
        text = self.tokenizer.apply_chat_template(
            turns, tools=tools, chat_template=template, tokenize=False, add_generation_prompt=prompt
        )
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def answers(self, record: Mapping[str, Any]) -> list[tuple[list[int], list[int]]]:
        """Of each trained answer the tokens before it, and its own with the end of the turn."""
        found = []
        for place, each in enumerate(record["messages"]):
            if each["role"] == "assistant" and each.get("train") is not False:
                before = self.rendered(record, place, prompt=True)
                after = self.rendered(record, place + 1)
                end = len(after) - after[::-1].index(self.tokenizer.eos_token_id)
                found.append((before, after[len(before) : end]))
        return found

    def losses(self, before: Sequence[int], answer: Sequence[int]) -> list[float]:
        """The cross-entropy of each token of an answer, in nats."""
        import torch

        ids = torch.tensor([[*before, *answer]])
        with torch.no_grad():
            logs = self.model(input_ids=ids).logits[0].log_softmax(-1)
        places = range(len(before), len(before) + len(answer))
        return [-float(logs[place - 1, ids[0, place]]) for place in places]

    def perplexities(self, record: Mapping[str, Any]) -> dict[str, float]:
        losses = [self.losses(*each) for each in self.answers(record)]
        every = [loss for each in losses for loss in each]
        turns = [exp(sum(each) / len(each)) for each in losses]
        return {
            "perplexity": exp(sum(every) / len(every)),
            "perplexity_turn_mean": sum(turns) / len(turns),
            "perplexity_turn_min": min(turns),
            "perplexity_turn_max": max(turns),
            "answer_tokens": len(every),
        }

    def means(self, record: Mapping[str, Any], least: int = 16) -> list[tuple[float, float]]:
        """The mean loss of each long answer, with its history and behind the header alone."""
        head = self.tokenizer("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
        long = [each for each in self.answers(record) if len(each[1]) >= least]
        return [(_mean(self.losses(*each)), _mean(self.losses(head, each[1]))) for each in long]


def _mean(losses: Sequence[float]) -> float:
    return sum(losses) / len(losses)


CLOSE = 1.001e-4
PAIR = talk(
    turn("user", USER), turn("assistant", LONG), rejected=[turn("assistant", "No idea, sorry.")]
)
OTHER = talk(
    turn("system", "Be kind."), turn("user", "Cancel it."), turn("assistant", SHORT),
    rejected=[turn("assistant", "No."), turn("user", "Why?"), turn("assistant", "Because.")],
)  # fmt: skip


def made(name: str, folder: Path, **settings: Any) -> Any:
    return load()[name].model_validate({"model": str(folder), **settings})


def measured(
    name: str, folder: Path, texts: pa.StringArray | Sequence[str], **settings: Any
) -> list[dict[str, Any]]:
    """The values of each text."""
    given = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    columns = made(name, folder, **settings).measure(given)
    rows: list[dict[str, Any]] = pa.table(dict(columns)).to_pylist()
    return rows


def close(found: Mapping[str, Any], expected: Mapping[str, float]) -> None:
    assert set(found) == set(expected)
    for signal_name, value in expected.items():
        assert found[signal_name] == pytest.approx(value, rel=CLOSE), signal_name
