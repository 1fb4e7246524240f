"""Sizes are those of the fields' texts, whatever the record."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.fields import field_texts
from curate.record import CONTENT, ROLES, batch_of, kind_of
from curate.store.sizes import SIZES, sizes_of

TEXTS = st.none() | st.text(st.sampled_from("a é猫😀"), max_size=6)
TURNS = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(ROLES), "content": TEXTS}), max_size=5
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "messages": st.none() | TURNS,
            "prompt_turns": st.integers(0, 5),
            "rejected": st.none() | TURNS,
            "desirable": st.none() | st.booleans(),
            "text": TEXTS,
        }
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(0, 2))
def test_sizes_are_those_of_the_texts_of_the_fields(rows: list[dict[str, Any]], cut: int) -> None:
    batch = batch_of(rows, CONTENT).slice(cut)
    sizes = sizes_of(batch)
    assert sizes.schema == SIZES
    for field in ("prompt", "response", "rejected", "text"):
        measured = sizes.column(f"{field}_characters")
        assert measured.equals(pc.utf8_length(field_texts(batch, field))), field
    kept = rows[cut:]
    assert sizes.column("kind").to_pylist() == [kind_of(row) for row in kept]
    lengths = [None if row["messages"] is None else len(row["messages"]) for row in kept]
    assert sizes.column("turns").to_pylist() == lengths


def test_a_join_of_turns_counts_its_blank_lines_and_no_bytes() -> None:
    turns = [{"role": "system", "content": "be brief"}]
    turns += [{"role": "user", "content": one} for one in ("日本", "x")]
    turns += [{"role": "assistant", "content": "é"}]
    sizes = sizes_of(batch_of([{"messages": turns, "prompt_turns": 3}], CONTENT))
    assert pa.Table.from_batches([sizes]).to_pylist() == [
        {
            "kind": "sft",
            "turns": 4,
            "prompt_characters": 5,
            "response_characters": 1,
            "rejected_characters": None,
            "text_characters": None,
        }
    ]
