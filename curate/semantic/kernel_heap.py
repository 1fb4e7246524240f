"""A heap of rows whose keys only get worse, compiled: for greedy choices that look again."""

from typing import Any

from numba import njit


@njit(nogil=True, inline="always")
def before(keys: Any, one: Any, other: Any) -> Any:
    """Whether a row is taken before another: the higher key first, of equal ones the lower row."""
    return keys[one] > keys[other] or (keys[one] == keys[other] and one < other)


@njit(nogil=True)
def sink(heap: Any, keys: Any, size: Any, at: Any) -> None:
    """Let the row at a place of the heap sink to where it belongs."""
    row = heap[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and before(keys, heap[child + 1], heap[child]):
            child += 1
        if not before(keys, heap[child], row):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = row


@njit(nogil=True)
def build(heap: Any, keys: Any) -> None:
    """Make a heap of all rows."""
    for at in range(len(heap)):
        heap[at] = at
    for at in range(len(heap) // 2 - 1, -1, -1):
        sink(heap, keys, len(heap), at)


@njit(nogil=True)
def drop_top(heap: Any, keys: Any, size: Any) -> None:
    """Put the last row in the place of the top; the heap is shorter by one."""
    heap[0] = heap[size - 1]
    sink(heap, keys, size - 1, 0)


@njit(nogil=True, inline="always")
def runner_up(heap: Any, keys: Any, size: Any) -> Any:
    """The row that would be at the top without the top; -1 where there is none."""
    if size < 2:
        return -1
    if size > 2 and before(keys, heap[2], heap[1]):
        return heap[2]
    return heap[1]
