"""What differs between two contents: turns, aligned, and values."""

from typing import Any

from curate.history.page import change_lines
from curate.history.words import compare
from curate.record import CONTENT, MESSAGE


def content(*turns: tuple[str, str], **fields: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(CONTENT.names)
    empty = {field.name: None for field in MESSAGE}
    messages = [empty | {"role": role, "content": text} for role, text in turns]
    return nothing | {"messages": messages, "prompt_turns": 1} | fields


def test_turns_are_aligned_by_role_and_new_ones_stand_alone() -> None:
    before = content(("user", "Hi"), ("assistant", "Hello there"))
    after = content(("system", "Be kind"), ("user", "Hi"), ("assistant", "Hello you"))
    told = [(text.place, text.state) for text in compare(before, after).texts]
    assert told == [
        ("messages[0].content", "added"),
        ("messages[1].content", "equal"),
        ("messages[2].content", "edited"),
    ]


def test_a_turn_is_paired_with_the_one_it_resembles() -> None:
    before = content(("user", "How do I reset it?"), ("assistant", "Hold the red button down."))
    after = content(
        ("user", "Hello."),
        ("assistant", "Good morning, what can I do?"),
        ("user", "How do I reset this one?"),
        ("assistant", "Hold the blue button down."),
    )
    told = [(text.place, text.state) for text in compare(before, after).texts]
    assert told == [
        ("messages[0].content", "added"),
        ("messages[1].content", "added"),
        ("messages[2].content", "edited"),
        ("messages[3].content", "edited"),
    ]
    back = [(text.place, text.state) for text in compare(after, before).texts]
    assert back == [
        ("messages[0].content", "removed"),
        ("messages[1].content", "removed"),
        ("messages[0].content", "edited"),
        ("messages[1].content", "edited"),
    ]


def test_a_turn_that_moved_is_told_once_with_its_old_place() -> None:
    turns = [("user", "First"), ("assistant", "One"), ("user", "Second"), ("assistant", "Two")]
    change = compare(content(*turns), content(*turns[2:], *turns[:2]))
    moved = [(text.place, text.was) for text in change.texts if text.state == "moved"]
    assert moved in (
        [
            ("messages[0].content", "messages[2].content"),
            ("messages[1].content", "messages[3].content"),
        ],
        [
            ("messages[2].content", "messages[0].content"),
            ("messages[3].content", "messages[1].content"),
        ],
    )
    assert [text.state for text in change.texts].count("equal") == 2
    assert len(change.texts) == 4
    lines = [str(line.renderable) for line in change_lines(change, marks=True)]
    assert len(lines) == 2
    assert all(" moved from messages[" in line for line in lines)
    assert any(line.endswith(("First", "Second")) for line in lines)


def test_a_rewritten_answer_is_edited_and_many_turns_are_paired_by_role() -> None:
    change = compare(content(("assistant", "Yes")), content(("assistant", "Never")))
    assert [text.state for text in change.texts] == ["edited"]
    before = content(*(("user", f"before {n}") for n in range(60)))
    after = content(*(("user", f"after {n}") for n in range(60)))
    assert {text.state for text in compare(before, after).texts} == {"edited"}


def test_labels_and_other_values_are_compared_by_name() -> None:
    before = content(("user", "Hi"), labels='{"topic":"a"}', license="mit")
    after = content(("user", "Hi"), labels='{"topic":"b","x":1}', license="mit")
    values = compare(before, after).values
    assert [tuple(value) for value in values] == [("labels.topic", "a", "b"), ("labels.x", None, 1)]
