"""What tests of signals share: a prompt and an answer, measured."""

from typing import Any

from curate.fields import field_texts
from curate.record import batch_of
from curate.scan import Scan
from curate.signals import measure


def of_answers(name: str, *pairs: tuple[str, str | None]) -> list[Any]:
    """A signal of answers, each to a prompt; an answer of None is not there."""
    rows = [asked(prompt, answer) for prompt, answer in pairs]
    batch = batch_of(rows)
    values: list[Any] = measure(name, batch, Scan(field_texts(batch, "response"))).to_pylist()
    return values


def asked(prompt: str, answer: str | None) -> dict[str, Any]:
    """A record of a prompt and an answer."""
    turns = [{"role": "user", "content": prompt}]
    if answer is not None:
        turns.append({"role": "assistant", "content": answer})
    return {"messages": turns, "prompt_turns": 1}
