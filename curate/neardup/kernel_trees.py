"""Components of a graph as trees: every node points to another of its component, or is its root."""

from typing import Any, Final

from numba import njit, types

from curate.scan.compiled import NUMBERS, compiled

_PLACES: Final = types.int64[::1]
_CONNECT: Final = types.void(NUMBERS, NUMBERS, _PLACES)
_JOIN: Final = types.void(NUMBERS, NUMBERS, _PLACES, types.boolean[::1])


@njit(nogil=True)
def root(parents: Any, node: Any) -> Any:
    """The root of a node's tree; paths to it are halved."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@njit(nogil=True)
def unite(parents: Any, one: Any, other: Any) -> None:
    """Join two trees under the lower root, so that the root is the first of its tree."""
    one = root(parents, one)
    other = root(parents, other)
    parents[max(one, other)] = min(one, other)


@compiled(_JOIN)
def join(ones: Any, others: Any, parents: Any, new: Any) -> None:
    """Unite what edges connect, and tell which of them connect trees that were apart.

    `parents` has the trees of the edges before.
    """
    for edge in range(len(ones)):
        one = root(parents, ones[edge])
        other = root(parents, others[edge])
        new[edge] = one != other
        parents[max(one, other)] = min(one, other)


@compiled(_CONNECT)
def connect(ones: Any, others: Any, parents: Any) -> None:
    """Give every node the first of those that edges connect it with; `parents` counts up from 0."""
    for edge in range(len(ones)):
        unite(parents, ones[edge], others[edge])
    for node in range(len(parents)):
        parents[node] = root(parents, node)
