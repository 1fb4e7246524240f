"""The conditions of `--fail-on`: their grammar, and what they count."""

import pytest

from curate.errors import RefusedError, UsageError
from curate.history import diff
from curate.history.condition import judge, parse_condition
from tests.history.conftest import ROWS, Make, ticket

SOURCE = (
    "{path: data, name: tickets, key: key, "
    "map: {prompt: prompt, response: response, labels: {topic: topic}}}"
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "removed",
        "removed > ",
        "removed > five",
        "> 5%",
        "removed == 5",
        "removed > 5%%",
        "removd > 5%",
        "__import__('os') > 1",
        "topic=billing > 5",
        "shift(x) > 5%",
        "removed > 1 and added > 1",
    ],
)
def test_what_cannot_be_understood_says_what_is_allowed(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_condition(text)
    assert caught.value.exit_code == 2
    assert "A condition is" in caught.value.right or "A shift is" in caught.value.right


def test_a_typo_is_guessed() -> None:
    with pytest.raises(UsageError, match="Did you mean 'removed'"):
        parse_condition("removd > 5%")


@pytest.mark.parametrize(
    ("text", "holds", "words"),
    [
        ("removed > 20%", False, "1 of 5, 20 %"),
        ("removed >= 20%", True, "1 of 5, 20 %"),
        ("removed>0", True, "1 of 5, 20 %"),
        ("added < 3", True, "2 of 5, 40 %"),
        ("moved > 0", False, "0 of 5, 0 %"),
        ("edited <= 1_000", True, "1 of 5, 20 %"),
        ("records > 19.9%", True, "5 -> 6, +1, +20 %"),
        ("records < -1%", False, "5 -> 6, +1, +20 %"),
        ("labels.topic=a > b < -40%", True, "2 -> 1, -1, -50 %"),
        ("labels.topic='c' > 100%", True, "0 -> 2, +2, +inf %"),
        ("shift(labels.topic) > 0.2", True, "distance 0.333, p 1"),
    ],
)
def test_conditions_hold_or_not(make: Make, text: str, holds: bool, words: str) -> None:
    rows = [
        ticket(str(n), "What?", "x" * n) | {"topic": topic}
        for n, topic in enumerate(["a > b", "a > b", "b", "b", "b"])
    ]
    new = [ticket(str(n), "New?", "y") | {"topic": "c"} for n in (7, 8)]
    edited = rows[4] | {"response": "edited"}
    found = diff(make(rows, source=SOURCE), make([*rows[1:4], edited, *new], source=SOURCE))
    verdict = judge(parse_condition(text), found)
    assert (verdict.holds, verdict.words) == (holds, words)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("labels.topic=billing > 1", "labels.topic"),
        ("source=ticket > 1", "Did you mean 'tickets'"),
        ("shift(response_character) > 0.1", "Did you mean 'response_characters'"),
    ],
)
def test_a_name_that_neither_version_has_is_an_error(make: Make, text: str, right: str) -> None:
    found = diff(make(), make(ROWS[:4]))
    with pytest.raises(UsageError) as caught:
        judge(parse_condition(text), found)
    assert right in f"{caught.value.found} {caught.value.right}"


def test_tokens_that_nobody_counted_are_refused(make: Make) -> None:
    found = diff(make(), make(ROWS[:4]))
    with pytest.raises(RefusedError, match="step `tokens`"):
        judge(parse_condition("tokens > 5%"), found)
