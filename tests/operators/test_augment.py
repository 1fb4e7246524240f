"""Augmentation: gated, protected, chosen by a hash."""

from typing import Any

import pyarrow as pa

from curate.operators.augment import Augment
from tests.operators.conftest import Working


def asked(number: int, prompt: str = "", answer: str = "") -> dict[str, Any]:
    prompt = prompt or f"how do i reset the old device in the kitchen when it says error {number}"
    answer = answer or "Hold the button for ten seconds."
    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return {"messages": turns, "prompt_turns": 1, "source": "calls"}


def prompts(children: pa.RecordBatch) -> list[str]:
    return [turns[0]["content"] for turns in children.column("messages").to_pylist()]


def augment(**settings: Any) -> Augment:
    return Augment(**{"with": "RandomWordAug", "language": False, **settings})


def test_only_the_chosen_fields_are_reworded(working: Working) -> None:
    batch = working(*(asked(n) for n in range(20)))
    made = augment().expand(batch, 7)
    assert len(made.contents) == 20
    before, after = (one.column("messages").to_pylist() for one in (batch, made.contents))
    assert [turns[1] for turns in before] == [turns[1] for turns in after]
    assert [[t["role"] for t in turns] for turns in before] == [
        [t["role"] for t in turns] for turns in after
    ]
    changed = sum(a[0] != b[0] for a, b in zip(before, after, strict=True))
    assert changed > 15
