"""The limits at which a record would pass."""

import math
from typing import Any

import pyarrow as pa
import pytest

from curate.history.limits import passing_limits
from curate.history.used_rules import UsedRule, evaluated


def rule(where: str, limit: float) -> UsedRule:
    return UsedRule("rules", 0, "one", "One.", "response", where, None, limit, None, False)


@pytest.mark.parametrize(
    ("where", "limit", "facts", "said"),
    [
        ("characters < limit", 5, {"characters": 4}, ["limit <= 4"]),
        ("words > limit", 2, {"words": 5}, ["limit >= 5"]),
        ("prompt_echo >= limit", 0.3, {"prompt_echo": 0.31}, ["limit > 0.31"]),
        ("prompt_echo * 100 > limit", 20, {"prompt_echo": 0.31}, ["limit >= 31"]),
        ("words between 3 and limit", 9, {"words": 4}, ["limit < 4"]),
        ("abs(words - limit) < 3", 5, {"words": 4}, ["limit >= 7", "limit <= 1"]),
        ("words <> limit", 5, {"words": 4}, ["limit >= 4 and limit <= 4"]),
        ("words < 3 or characters < limit", 5, {"words": 1, "characters": 4}, []),
    ],
)
def test_the_nearest_limits_that_let_a_record_pass_are_found(
    where: str, limit: float, facts: dict[str, Any], said: list[str]
) -> None:
    table = pa.table({name: [value] for name, value in facts.items()})
    assert [one.words() for one in passing_limits(rule(where, limit), table)] == said


@pytest.mark.parametrize("where", ["words / characters > limit", "words * 0.1 > limit"])
def test_a_boundary_is_exact_to_the_next_double(where: str) -> None:
    table = pa.table({"words": [7], "characters": [23]})
    one = rule(where, 0.001)
    (found,) = passing_limits(one, table)
    assert found.low is not None
    below = math.nextafter(found.low, -math.inf)
    above = math.nextafter(found.low, math.inf)
    fails = [
        evaluated(one, [one._replace(limit=limit).failing()], table).column(0)[0].as_py()
        for limit in (below, found.low, above)
    ]
    assert fails == [True, not found.low_passes, False]
