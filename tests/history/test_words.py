"""The words that differ."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from curate.history.words import compare, word_pieces
from curate.record import CONTENT, MESSAGE

TEXTS = st.text(st.sampled_from("ab \n\t.é猫\x1b"), max_size=12)


def content(*turns: tuple[str, str], **fields: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(CONTENT.names)
    empty = {field.name: None for field in MESSAGE}
    messages = [empty | {"role": role, "content": text} for role, text in turns]
    return nothing | {"messages": messages, "prompt_turns": 1} | fields


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = word_pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "insert") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "delete") == after


def test_texts_too_long_for_words_are_compared_by_lines() -> None:
    lines = [f"line {number} of many words here" for number in range(2_000)]
    changed = [*lines[:10], "another", *lines[11:-10], "last", *lines[-9:]]
    pieces = word_pieces("\n".join(lines), "\n".join(changed))
    assert "".join(piece.text for piece in pieces if piece.kind != "delete") == "\n".join(changed)
    assert sum(len(piece.text) for piece in pieces if piece.kind == "equal") > 50_000


def test_turns_are_aligned_by_role_and_new_ones_stand_alone() -> None:
    before = content(("user", "Hi"), ("assistant", "Hello there"))
    after = content(("system", "Be kind"), ("user", "Hi"), ("assistant", "Hello you"))
    told = [(text.place, text.state) for text in compare(before, after).texts]
    assert told == [
        ("messages[0].content", "added"),
        ("messages[1].content", "equal"),
        ("messages[2].content", "edited"),
    ]


def test_labels_and_other_values_are_compared_by_name() -> None:
    before = content(("user", "Hi"), labels='{"topic":"a"}', license="mit")
    after = content(("user", "Hi"), labels='{"topic":"b","x":1}', license="mit")
    values = compare(before, after).values
    assert [tuple(value) for value in values] == [("labels.topic", "a", "b"), ("labels.x", None, 1)]
