from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from curate.decision import FAILURE
from curate.rulepacks.failures import Failing, failures_of, scalar, scalars


def failing(order: int, rule: str, rows: list[int]) -> Failing:
    values = pa.array([str(row) for row in rows])
    return Failing(order, rule, "text", np.array(rows, np.int64), values, None)


def test_failures_stand_by_row_and_then_by_the_rules_place_in_the_pack() -> None:
    table = failures_of([failing(2, "last", [0, 3]), failing(1, "first", [3, 5])])
    assert table.schema == FAILURE
    found = [(row["row"], row["rule"], row["value"]) for row in table.to_pylist()]
    assert found == [(0, "last", "0"), (3, "first", "3"), (3, "last", "3"), (5, "first", "5")]


def test_no_failures_are_a_table_too() -> None:
    assert failures_of([]).schema == FAILURE


@pytest.mark.parametrize(
    "values",
    [
        pa.array([0.1, 1e300, None, float("nan"), 2.0], pa.float64()),
        pa.array([1, None, -3], pa.int64()),
        pa.array([True, None]),
        pa.array(['a, "b"', None]),
        pa.array([Decimal("1.50")]),
        pa.array([], pa.float64()),
    ],
)
def test_values_written_at_once_are_those_written_one_by_one(values: pa.Array) -> None:
    each = [scalar(value) for value in values.to_pylist()]
    assert scalars(pa.chunked_array([values])).to_pylist() == each
