from typing import Any

import pytest

from curate.kinds import kind_counts, kinds_of
from curate.record import WORKING, batch_of, kind_of

TURN = {"role": "user", "content": "hi"}
ROWS: list[dict[str, Any]] = [
    {"text": "a page", "prompt_turns": 0},
    {"text": "a page", "prompt_turns": 0, "desirable": True},
    {"messages": [TURN], "prompt_turns": 1},
    {"messages": [TURN], "prompt_turns": 0},
    {"messages": [TURN, TURN], "prompt_turns": 1},
    {"messages": [TURN, TURN], "prompt_turns": 1, "desirable": False},
    {"messages": [TURN, TURN], "prompt_turns": 1, "desirable": False, "rejected": [TURN]},
    {"messages": [], "prompt_turns": 0},
    {"messages": [TURN], "prompt_turns": 1, "rejected": []},
]


@pytest.mark.parametrize("start", range(3))
def test_a_batch_has_the_kinds_of_its_records(start: int) -> None:
    batch = batch_of(ROWS, WORKING).slice(start)
    expected = [kind_of(row) for row in ROWS[start:]]
    assert kinds_of(batch).to_pylist() == expected
    assert kind_counts(batch) == {kind: expected.count(kind) for kind in dict.fromkeys(expected)}


def test_an_empty_batch_has_no_kinds() -> None:
    assert kind_counts(batch_of([], WORKING)) == {}
