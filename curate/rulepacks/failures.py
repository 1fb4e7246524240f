"""The failures of a batch as columns: values and limits are JSON scalars."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from curate.decision import FAILURE

Rows = npt.NDArray[np.int64]


class Failing(NamedTuple):
    """The rows of a batch that fail one rule; `order` is the rule's place in the pack."""

    order: int
    rule: str
    field: str
    rows: Rows
    values: pa.StringArray
    """One for each of `rows`."""
    limit: str | None


def failures_of(failing: Sequence[Failing]) -> pa.Table:
    """All failures (schema `FAILURE`), by row, then by rule."""
    if not failing:
        return FAILURE.empty_table()
    rows = np.concatenate([each.rows for each in failing])
    which = np.repeat(np.arange(len(failing)), [len(each.rows) for each in failing])
    orders = np.array([each.order for each in failing])[which]
    sorted_ = np.lexsort((orders, rows))
    of_rule = pa.array(which[sorted_])
    columns = {
        "row": pa.array(rows[sorted_], pa.int32()),
        "rule": pa.array([each.rule for each in failing]).take(of_rule),
        "field": pa.array([each.field for each in failing]).take(of_rule),
        "value": pa.concat_arrays([each.values for each in failing]).take(pa.array(sorted_)),
        "limit": pa.array([each.limit for each in failing], pa.string()).take(of_rule),
    }
    return pa.table(columns, schema=FAILURE)


def scalars(values: pa.ChunkedArray) -> pa.StringArray:
    """Each value as a JSON scalar."""
    plain = values.to_pylist()
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        # No number has a comma in it, so that all can be written at once.
        written = orjson.dumps(plain)[1:-1].decode()
        return pa.array(written.split(",") if plain else [], pa.string())
    return pa.array([scalar(value) for value in plain], pa.string())


def scalar(value: Any) -> str:
    """A JSON scalar as text; a decimal is written as the nearest double."""
    return orjson.dumps(float(value) if isinstance(value, Decimal) else value).decode()
