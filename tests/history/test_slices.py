"""Members, characters and tokens by slice, on both sides."""

import json
from pathlib import Path
from typing import Any

import pytest

from curate.history import diff
from curate.history.slices import LISTED, Size, Slices
from tests.history.conftest import Make

SOURCE = (
    "{path: data, name: tickets, key: key, license: mit, "
    "map: {prompt: prompt, response: response, labels: {topic: topic, ticket: key}}}"
)


def row(key: int, topic: str | None, response: str) -> dict[str, Any]:
    return {"key": key, "prompt": "What?", "response": response, "topic": topic}


ROWS = [row(n, "ab"[n % 2], "x" * (n + 1)) for n in range(10)]
CHANGED = [*ROWS[1:9], row(9, "b", "x" * 30), row(70, "c", "new"), row(71, None, "")]


def figures(found: Slices, by: str) -> dict[str, tuple[int, int]]:
    return {
        one.name: (one.before.records, one.after.records) for one in found.slices if one.by == by
    }


def test_slices_count_both_sides_by_every_value(make: Make) -> None:
    found = diff(make(ROWS, source=SOURCE), make(CHANGED, source=SOURCE)).slices()
    assert figures(found, "labels.topic") == {"a": (5, 4), "b": (5, 5), "c": (0, 1), "null": (0, 1)}
    assert figures(found, "source") == {"tickets": (10, 11)}
    assert figures(found, "license") == {"mit": (10, 11)}
    assert figures(found, "kind") == {"sft": (10, 11)}
    assert found.whole.before == Size(10, sum(range(1, 11)) + 10 * len("What?"), 0)


def test_what_the_changes_make_of_a_version_is_what_the_later_one_holds(make: Make) -> None:
    split = "  - exact_dedup\n  - split: {eval: 0.4}\n"
    before, after = make(ROWS, split, SOURCE), make(CHANGED, split, SOURCE, seed=9)
    for one, other in (
        (before, after),
        (after, before),
        (before.with_split("eval"), after.with_split("eval")),
        (before.with_split("train"), after.with_split("eval")),
    ):
        told = {(s.by, s.name): s.after for s in diff(one, other).slices().slices if any(s.after)}
        held = diff(other, other).slices().slices
        assert told == {(s.by, s.name): s.after for s in held}


def test_a_label_that_tells_records_apart_is_counted_not_listed(make: Make) -> None:
    rows = [row(n, "a", f"answer {n}") for n in range(LISTED + 1)]
    found = diff(make(rows, source=SOURCE), make(rows[:-1], source=SOURCE)).slices()
    assert [(one.by, one.values) for one in found.unlisted] == [("labels.ticket", LISTED + 1)]
    assert not figures(found, "labels.ticket")
    assert figures(found, "labels.topic") == {"a": (LISTED + 1, LISTED)}


def test_stored_tokens_are_summed_and_stored_labels_are_slices(make: Make, counting: Path) -> None:
    rows = [row(1, "a", "Das ist gut so"), row(2, "a", "This is it")]
    changed = [row(1, "a", "Das ist"), rows[1]]
    steps, code = "  - counting\n", (counting,)
    found = diff(
        make(rows, steps, SOURCE, code=code), make(changed, steps, SOURCE, code=code)
    ).slices()
    assert found.tokens is not None
    assert found.tokens.fields == ("prompt", "response")
    assert (found.tokens.before, found.tokens.after) == (2, 2)
    assert (found.whole.before.tokens, found.whole.after.tokens) == (4 + 3 + 2, 2 + 3 + 2)
    assert figures(found, "response.language") == {"de": (1, 1), "en": (1, 1)}
    german = found.find("response.language", "de")
    assert german is not None
    assert (german.before.tokens, german.after.tokens) == (5, 3)


def test_tokens_that_are_known_of_some_records_are_told_so(make: Make, counting: Path) -> None:
    before = make(ROWS[:4], "  - counting\n", SOURCE, code=(counting,))
    tokens = diff(before, make(ROWS, "", SOURCE)).slices().tokens
    assert tokens is not None
    assert (tokens.before, tokens.after) == (4, 4)
    assert diff(before, before).slices().tokens is not None


@pytest.mark.parametrize("value", ["line\nbreak", "{", "\x1b[31m", "it's"])
def test_odd_label_values_are_names(make: Make, value: str) -> None:
    odd = json.dumps(row(1, value, "x"))
    before = make([odd, row(2, "b", "y")], source=SOURCE)
    found = diff(before, make([row(1, "b", "x"), row(2, "b", "y")], source=SOURCE)).slices()
    assert len(figures(found, "labels.topic")) == 2
