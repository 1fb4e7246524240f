"""Law 3: an exception in an operator stops the build and names the step and the record."""

from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

from curate.errors import CurateError, OperatorError, is_interrupt

Answer = TypeVar("Answer")


class StepError(Exception):
    """An operator raised at a content. Workers know no records: the build finds which it is."""

    def __init__(self, step: str, found: str, content: bytes | None, size: int) -> None:
        """`content` is the hash of the first content that fails alone in a batch of `size`."""
        super().__init__(step, found, content, size)
        self.step, self.found, self.content, self.size = step, found, content, size


def guarded(step: str, call: Callable[[pa.RecordBatch], Answer], batch: pa.RecordBatch) -> Answer:
    """Call an operator on a batch; where it raises, find the content at which it does."""
    try:
        return call(batch)
    except CurateError:
        raise
    except Exception as error:
        if is_interrupt(error):
            raise
        row = _first_failing(call, batch)
        content = None if row is None else batch.column("hash")[row].as_py()
        raise StepError(step, f"{type(error).__name__}: {error}", content, len(batch)) from error


def named(error: StepError, record: tuple[bytes, str, int] | None) -> OperatorError:
    """The same error for users; `record` is the id, file and line of one with that content."""
    at = f"in a batch of {error.size} records but at none of them alone"
    if record is not None:
        at = f"at record {record[0].hex()} ({record[1]}:{record[2]})"
    return OperatorError(
        f"step {error.step}",
        f"{error.found}, {at}",
        "Nothing was committed. Mend the operator, or drop the record by a step before it.",
    )


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
