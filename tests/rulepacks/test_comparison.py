"""What is compared without a query has the answer that the query gives."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.rulepacks.comparison import compared
from curate.rulepacks.expression import Scalar, parse_expression
from curate.rulepacks.locked import evaluate

FACTS = pa.table(
    {
        "words": [1, None, 9, 9, 9],
        "feeds": [2, 1, 3, None, 3],
        "share": [0.5, None, 0.5, 2.0, 0.5],
        "flag": [True, False, None, False, False],
        "roles": ["a", None, "at", "ua", "u) AND (a"],
    }
)
NAMES = frozenset(FACTS.column_names)
LIMITS = st.one_of(
    st.integers(-100, 100),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 0.12, 0.67, -0.0, 1e-7, 100000.0, 5e15, 3.5]),
)
NEAR = st.floats() | st.sampled_from([0.1, 0.12, 0.67, 0.0, -0.0, 3.5, 100000.0])


@given(
    st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-100, 100), min_size=1),
    st.lists(st.none() | NEAR, min_size=1),
    LIMITS,
)
@settings(max_examples=200, deadline=None)
def test_a_comparison_has_the_answer_of_a_query(
    operator: str, words: list[int | None], shares: list[float | None], limit: float
) -> None:
    near = [*shares, float(limit)] if abs(limit) < 2**1000 else shares
    for name, values in (("words", pa.array(words, pa.int64())), ("share", pa.array(near))):
        facts = pa.table({name: values})
        sql = parse_expression(f"{name} {operator} limit", NAMES, limit).sql
        found = compared(sql, facts)
        if found is not None:
            assert found.to_pylist() == evaluate([sql], facts).column(0).to_pylist()


@pytest.mark.parametrize(
    ("text", "limit", "simple"),
    [
        ("WORDS < limit", 5, True),
        ("words >= limit", -5, True),
        ("share > limit", 0.12, True),
        ("share <> 1", None, True),
        ("words > limit", 3.5, False),
        ("share > limit", 0.1234567890123456, False),
        ("share > limit", 1e-7, False),
        ("roles = limit", "a", False),
        ("words > limit or words = 0", 5, False),
        ("words + 1 > limit", 5, False),
        ("words > share", None, False),
        ("words > feeds", None, True),
        ("flag", None, True),
        ("not flag", None, True),
        ("words", None, False),
        ("words > limit and share < 1 and not flag", 5, True),
        ("words > limit and contains(roles, 'a') and not contains(roles, 't')", 5, True),
        ("words > limit and roles = 'a'", 5, False),
        ("words > limit and (flag or share < 1)", 5, False),
        ("not (words > limit)", 5, True),
        ("contains(roles, ') AND (')", None, True),
        ("contains(roles, 'it''s')", None, False),
    ],
)
def test_only_flags_and_comparisons_with_and_between_them_are_answered_without_a_query(
    text: str, limit: Scalar | None, simple: bool
) -> None:
    sql = parse_expression(text, NAMES, limit).sql
    found = compared(sql, FACTS)
    assert (found is not None) == simple
    if found is not None:
        assert found.to_pylist() == evaluate([sql], FACTS).column(0).to_pylist()


def test_what_is_no_number_is_left_to_the_query() -> None:
    assert compared('("share" > 0.5)', pa.table({"share": [float("nan"), 0.5]})) is None
