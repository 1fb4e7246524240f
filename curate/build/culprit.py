"""Law 3: an exception in an operator stops the build and names the step and the record."""

from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

from curate.errors import CurateError, OperatorError, is_interrupt

Answer = TypeVar("Answer")


def guarded(step: str, call: Callable[[pa.RecordBatch], Answer], batch: pa.RecordBatch) -> Answer:
    """Call an operator on a batch; where it raises, find the record at which it does."""
    try:
        return call(batch)
    except CurateError:
        raise
    except Exception as error:
        if is_interrupt(error):
            raise
        row = _first_failing(call, batch)
        raise OperatorError(
            f"step {step}",
            f"{type(error).__name__}: {error}, {_described(batch, row)}",
            "Nothing was committed. Mend the operator, or drop the record by a step before it.",
        ) from error


def _first_failing(call: Callable[[pa.RecordBatch], object], batch: pa.RecordBatch) -> int | None:
    """The first row at which the call raises by itself, by halving."""
    low, high = 0, len(batch)
    if high == 0:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _fails(call, batch.slice(low, middle - low)):
            high = middle
        elif _fails(call, batch.slice(middle, high - middle)):
            low = middle
        else:
            return None
    return low


def _fails(call: Callable[[pa.RecordBatch], object], batch: pa.RecordBatch) -> bool:
    try:
        call(batch)
    except Exception:
        return True
    return False


def _described(batch: pa.RecordBatch, row: int | None) -> str:
    if row is None:
        return f"in a batch of {len(batch)} records but at none of them alone"
    record = batch.slice(row, 1).to_pylist()[0]
    return f"at record {record['id'].hex()} ({record['file']}:{record['line']})"
