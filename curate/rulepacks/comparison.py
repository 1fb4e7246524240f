"""Rules that hold signals against numbers, one or several: most are such, and need no query.

A query costs a millisecond or two before it looks at the first row, and so does each expression of
a long one. What is compared here has the answer that DuckDB gives: a number that is no integer is
only taken with so few digits that it is the same double there, and NaN, which DuckDB holds for the
greatest number, is left to it. Flags, texts that a signal holds, and NOT stand beside comparisons,
and AND between them; of what is unknown each is as in SQL (three-valued logic).
"""

import re
from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

DIGITS: Final = 15
"""Decimal digits that a double tells apart (IEEE 754 binary64)."""

_NAME: Final = r'"?([A-Za-z_0-9]+)"?'
_COMPARISON: Final = re.compile(rf"\({_NAME} (<|<=|>|>=|=|!=) (-?)(\d*)(?:\.(\d*))?\)")
_OF_TWO: Final = re.compile(rf"\({_NAME} (<|<=|>|>=|=|!=) {_NAME}\)")
_HOLDS: Final = re.compile(rf"contains\({_NAME}, '([^']+)'\)")
_FLAG: Final = re.compile(_NAME)
_TERM: Final = re.compile(
    rf"(\(NOT )?({_HOLDS.pattern}|{_COMPARISON.pattern}|{_FLAG.pattern})(?(1)\))"
)
_AND, _NOT = " AND ", "(NOT "
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
    terms = _terms(sql)
    answers = [_said(term, facts) for term in terms or [sql]]
    if any(answer is None for answer in answers):
        return None
    return reduce(pc.and_kleene, answers)


def _terms(sql: str) -> list[str]:
    """What stands between the ANDs of an expression that is nothing else; else nothing."""
    if not sql.startswith("("):
        return []
    terms, place = [], 1
    while term := _TERM.match(sql, place):
        terms.append(term[0])
        place = term.end()
        if not sql.startswith(_AND, place):
            break
        place += len(_AND)
    return terms if len(terms) > 1 and sql[place:] == ")" else []


def _said(term: str, facts: pa.Table) -> pa.ChunkedArray | None:
    if term.startswith(_NOT):
        positive = _said(term.removeprefix(_NOT).removesuffix(")"), facts)
        return None if positive is None else pc.invert(positive)
    if found := _FLAG.fullmatch(term):
        signal = facts.column(found[1].lower()) if found[1].lower() in facts.schema.names else None
        return signal if signal is not None and pa.types.is_boolean(signal.type) else None
    if found := _HOLDS.fullmatch(term):
        signal = facts.column(found[1].lower())
        return pc.match_substring(signal, found[2]) if pa.types.is_string(signal.type) else None
    if found := _COMPARISON.fullmatch(term):
        return _beside_number(facts.column(found[1].lower()), *found.groups()[1:])
    if found := _OF_TWO.fullmatch(term):
        one, other = facts.column(found[1].lower()), facts.column(found[3].lower())
        both = pa.types.is_integer(one.type) and pa.types.is_integer(other.type)
        return _OPERATORS[found[2]](one, other) if both else None
    return None


def _beside_number(
    signal: pa.ChunkedArray, operator: str, sign: str, whole: str, part: str | None
) -> pa.ChunkedArray | None:
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
