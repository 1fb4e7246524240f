from typing import Any

import pytest

from curate.operators.exact_dedup import ExactDedup
from tests.conftest import Workbench
from tests.operators.conftest import Working
from tests.operators.selecting import select


def ask(question: str, answer: str, **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, "prompt_turns": 1, **more}


def dropped(working: Working, *records: dict[str, Any], **choices: Any) -> list[int]:
    rows = select(ExactDedup(**choices), [working(*records)])
    return [int.from_bytes(row["id"], "big") for row in rows]


def test_the_lowest_id_is_kept_and_named(working: Working) -> None:
    rows = select(ExactDedup(), [working(ask("b", "c"), ask("a", "c")), working()])
    assert rows == []
    [row] = select(ExactDedup(), [working(ask("a", "b"), ask("x", "y"), ask("a", "b"))])
    assert (row["action"], row["rule"], row["value"]) == ("drop", "exact-duplicate", None)
    assert (row["id"], row["of"]) == ((2).to_bytes(16, "big"), (0).to_bytes(16, "big"))


def test_case_width_and_white_space_make_no_difference_unless_wanted(working: Working) -> None:
    records = ask("What  is\nthis?", "ｆｉne"), ask("what is this? ", "Fine")
    assert dropped(working, *records) == [1]
    assert dropped(working, *records, normalise=False) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ask("ab", "c"), ask("a", "bc")),
        (ask("a", "b"), {**ask("a", "b"), "prompt_turns": 2}),
        (ask("a", "b"), {**ask("a", "b"), "rejected": [{"role": "assistant", "content": "c"}]}),
        (ask("a", "b"), {**ask("a", "b"), "tools": "[{}]"}),
        ({"text": "a"}, {"messages": [{"role": "user", "content": "a"}], "prompt_turns": 1}),
        (
            {"messages": [{"role": "system", "content": "a"}], "prompt_turns": 1},
            {"messages": [{"role": "user", "content": "a"}], "prompt_turns": 1},
        ),
    ],
)
def test_what_is_said_by_whom_counts(working: Working, first: Any, second: Any) -> None:
    assert dropped(working, first, second) == []


def test_twins_that_disagree_in_labels_say_so(working: Working) -> None:
    keeper = ask("a", "b", labels='{"topic":"x"}')
    records = keeper, keeper, ask("a", "b", labels='{"topic":"y"}'), {**keeper, "desirable": False}
    values = [row["value"] for row in select(ExactDedup(), [working(*records)])]
    assert values == [None, '"labels differ"', '"labels differ"']


def test_meta_and_licence_do_not_count(working: Working) -> None:
    assert dropped(working, ask("a", "b", meta='{"n":1}'), ask("a", "b", license="mit")) == [1]


def test_records_without_text_are_nobodys_twins(working: Working) -> None:
    empty = {"messages": [], "prompt_turns": 0}
    assert dropped(working, empty, empty, ask("", ""), ask(" ", ""), {"text": None}, {}) == []


def test_chosen_fields_are_all_that_counts(working: Working) -> None:
    records = ask("a", "b"), ask("a", "c"), ask("x", "c")
    assert dropped(working, *records, fields="prompt") == [1]
    assert dropped(working, *records, fields=["response"]) == [2]
    assert dropped(working, *records, fields=["prompt", "response"]) == []
    assert dropped(working, ask("ab", "c"), ask("a", "bc"), fields=["prompt", "response"]) == []


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(ValueError, match="'answer' is no field"):
        ExactDedup(fields=("answer",))
    with pytest.raises(ValueError, match="stands alone"):
        ExactDedup(fields=("all", "prompt"))
    with pytest.raises(ValueError, match="at least one field"):
        ExactDedup(fields=())


def test_punctuation_makes_no_difference_where_it_is_named(working: Working) -> None:
    records = ask("Well-known, isn't it?", "Yes."), ask("wellknown isnt it", "yes")
    assert dropped(working, *records) == []
    assert dropped(working, *records, normalise=["punctuation", "case"]) == [1]
    assert dropped(working, *records, normalise=["punctuation"]) == []


def test_what_another_dataset_says_is_dropped_for_its_record(working: Working) -> None:
    own = working(ask("a", "b"), ask("a", "b"), ask("c", "d"))
    other = working({**ask("A", "b"), "id": b"o" * 16}, {**ask("e", "f"), "id": b"p" * 16})
    rows = select(ExactDedup(), [own], others=[other])
    assert [(row["id"][-1], row["of"]) for row in rows] == [(0, b"o" * 16), (1, b"o" * 16)]


def test_another_dataset_of_the_store_is_named_in_the_recipe(filled: Workbench) -> None:
    first = filled.build(filled.recipe(""))
    assert first.version is not None
    recipe = filled.recipe('  - exact_dedup: {against: "support@1"}\n', dataset="more")
    assert filled.build(recipe).outcome.records == 0
