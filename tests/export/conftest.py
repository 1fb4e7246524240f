"""One record of each kind, with texts and numbers that are easy to lose."""

from typing import Any, Protocol

import pyarrow as pa
import pytest

from curate.hashing import hash_batch
from curate.record import WORKING, batch_of

HUGE = 10**40 + 7
TOOLS = '[{"type":"function","function":{"name":"add","parameters":{"zeta":1,"alpha":"x"}}}]'
CALLS = (
    '[{"id":"c1","type":"function","function":{"name":"add","arguments":{"a":9007199254740993,'
    '"b":"two"}}},{"type":"function","function":{"name":"add","arguments":{"a":[0.1],"b":null}}}]'
)
USER = {"role": "user", "content": "How much is 1 + 1? Ünïcödé 🎉\u2028\x00"}
GOOD = {"role": "assistant", "content": "2", "train": True}
BAD = {"role": "assistant", "content": "3"}
TURNS: dict[str, dict[str, Any]] = {
    "sft": {
        "messages": [
            {"role": "system", "content": "Be brief."},
            USER,
            {"role": "assistant", "tool_calls": CALLS, "reasoning": "I add.", "train": False},
            {"role": "tool", "content": "2", "tool_call_id": "c1", "name": "add"},
            GOOD,
        ],
        "prompt_turns": 4,
        "tools": TOOLS,
    },
    "preference": {"messages": [USER, GOOD], "prompt_turns": 1, "rejected": [BAD]},
    "unpaired": {"messages": [USER, BAD], "prompt_turns": 1, "desirable": False},
    "prompt": {"messages": [USER], "prompt_turns": 1},
    "text": {"text": "a page\nof text", "prompt_turns": 0},
}


def _row(kind: str, number: int, split: str | None) -> dict[str, Any]:
    return {
        "id": number.to_bytes(16, "big"),
        "copy": 0,
        "split": split,
        "labels": '{"large":1.5e+300,"score":0.30000000000000004,"topic":"billing"}',
        "meta": f'{{"big":{HUGE},"nested":{{"of":[null,2.5]}}}}',
        "license": "cc0-1.0",
        "source": "tickets",
        "file": "tickets.jsonl",
        "line": number,
        **TURNS[kind],
    }


class Records(Protocol):
    """Makes a batch of schema `WORKING`."""

    def __call__(self, *kinds: str, start: int = 1, split: str | None = "train") -> pa.RecordBatch:
        """A record for each kind, with ids from `start`."""


@pytest.fixture
def records() -> Records:
    def make(*kinds: str, start: int = 1, split: str | None = "train") -> pa.RecordBatch:
        rows = [_row(kind, number, split) for number, kind in enumerate(kinds, start)]
        batch = batch_of(rows, WORKING)
        at = WORKING.get_field_index("hash")
        return batch.set_column(at, WORKING.field("hash"), hash_batch(batch))

    return make


@pytest.fixture(params=list(TURNS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)
