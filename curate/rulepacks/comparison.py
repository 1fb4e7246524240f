"""Rules that hold one signal against one number: most are such, and they need no query.

A query costs a millisecond or two before it looks at the first row, and so does each expression of
a long one. What is compared here has the answer that DuckDB gives: a number that is no integer is
only taken with so few digits that it is the same double there, and NaN, which DuckDB holds for the
greatest number, is left to it.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

DIGITS: Final = 15
"""Decimal digits that a double tells apart (IEEE 754 binary64)."""

_COMPARISON: Final = re.compile(r'\("?([A-Za-z_0-9]+)"? (<|<=|>|>=|=|!=) (-?)(\d*)(?:\.(\d*))?\)')
_OPERATORS: Final[dict[str, Callable[[Any, Any], pa.ChunkedArray]]] = {
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
    "=": pc.equal,
    "!=": pc.not_equal,
}


def compared(sql: str, facts: pa.Table) -> pa.ChunkedArray | None:
    """What an expression (`Expression.sql`) says of each row of signals, where it is so simple.

    None where it is not, or where DuckDB might say something else.
    """
    found = _COMPARISON.fullmatch(sql)
    if found is None:
        return None
    name, operator, sign, whole, part = found.groups()
    signal = facts.column(name.lower())
    digits = whole + (part or "")
    if not digits or len(digits) > DIGITS:
        return None
    if pa.types.is_integer(signal.type) and part is None:
        limit = pa.scalar(int(sign + whole), pa.int64())
    elif pa.types.is_float64(signal.type) and not _has_nan(signal):
        limit = pa.scalar(float(f"{sign}{whole}.{part or 0}"))
    else:
        return None
    return _OPERATORS[operator](signal, limit)


def _has_nan(signal: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.is_nan(signal)).as_py())
