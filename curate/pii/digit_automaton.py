"""Patterns of digits made one automaton: a table that tells digit for digit what may follow.

It is made by the derivatives of the patterns (Antimirov, "Partial derivatives of regular
expressions and finite automaton constructions", 1996), and made smallest by refining which states
are equal (Moore 1956).
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import regex

from curate.pii.pattern_reader import Maker, read

ACCEPTS: Final = 10
"""The column that tells whether what was read so far matches; the others are those of digits."""
DEAD, START = 0, 1
"""The states from which nothing matches, and before the first digit."""

Table = npt.NDArray[np.int32]
"""The state behind each digit [states, 11]."""

S = TypeVar("S", bound=Hashable)


def automaton(pattern: str, dropped: Collection[int] = ()) -> Table:
    """That of all digits which a pattern matches as a whole; look-arounds do not count.

    `dropped` are the numbers of groups that stand for nothing.

    >>> automaton("1[23]")[:, [1, 2, 3, 10]].tolist()
    [[0, 0, 0, 0], [2, 0, 0, 0], [0, 3, 3, 0], [0, 0, 0, 1]]
    """
    start = frozenset(_heads((read(pattern, _Terms(dropped)), ())))
    return _smallest(_table(frozenset(), start, _derived, lambda state: () in state))


def united(tables: Sequence[Table]) -> Table:
    """That of all digits which any of some automata accepts."""
    rows = [table.tolist() for table in tables]

    def step(state: tuple[int, ...]) -> list[tuple[int, ...]]:
        behind = [row[at][:ACCEPTS] for row, at in zip(rows, state, strict=True)]
        return [*zip(*behind, strict=True)]

    def accepts(state: tuple[int, ...]) -> bool:
        return any(row[at][ACCEPTS] for row, at in zip(rows, state, strict=True))

    dead, start = ((each,) * len(rows) for each in (DEAD, START))
    return _smallest(_table(dead, start, step, accepts))


class _Either:
    """One of some terms. It is equal to itself alone, so that it need not be compared."""

    def __init__(self, branches: Sequence[Any]) -> None:
        self.branches = branches


class _Sequence:
    """Terms, one behind the other; the same of equality."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = parts


class _Repeat(NamedTuple):
    part: Any
    low: int
    high: int | None


_Stack = tuple[Any, ...]
"""A term and the stack of those that must follow it; nothing where all was read."""


class _Terms(Maker[Any]):
    """A term is a set of digits or one of the above."""

    def __init__(self, dropped: Collection[int]) -> None:
        self._dropped = dropped

    def element(self, written: str) -> frozenset[int]:
        return frozenset(digit for digit in range(10) if regex.fullmatch(written, str(digit)))

    def sequence(self, parts: Sequence[Any]) -> _Sequence:
        return _Sequence(parts)

    def either(self, branches: Sequence[Any]) -> _Either:
        return _Either(branches)

    def repeated(self, part: Any, low: int, high: int | None) -> _Repeat:
        return _Repeat(part, low, high)

    def group(self, number: int, inner: Any) -> Any:
        return _Sequence([]) if number in self._dropped else inner

    def again(self, group: Any) -> Any:
        return _Repeat(frozenset(range(10)), 0, None) if group is None else group


def _derived(state: frozenset[_Stack]) -> list[frozenset[_Stack]]:
    """What must follow each digit."""
    rests = [{stack[1] for stack in state if stack and digit in stack[0]} for digit in range(10)]
    return [frozenset(each for rest in some for each in _heads(rest)) for some in rests]


def _table(
    dead: S, start: S, step: Callable[[S], Sequence[S]], accepts: Callable[[S], bool]
) -> Table:
    """That of all states which can be reached."""
    numbers = {dead: DEAD, start: START}
    pending, rows = [start], [[DEAD] * (ACCEPTS + 1)]
    for state in pending:
        row = []
        for behind in step(state):
            if behind not in numbers:
                numbers[behind] = len(numbers)
                pending.append(behind)
            row.append(numbers[behind])
        rows.append([*row, int(accepts(state))])
    return np.array(rows, np.int32)


def _heads(stack: _Stack) -> Iterator[_Stack]:
    """The same as stacks that begin with a set of digits, or are empty."""
    seen, pending = {stack}, [stack]
    while pending:
        one = pending.pop()
        if not one or isinstance(one[0], frozenset):
            yield one
            continue
        fresh = [each for each in _unfolded(*one) if each not in seen]
        seen.update(fresh)
        pending += fresh


def _unfolded(term: Any, rest: _Stack) -> Iterator[_Stack]:
    if isinstance(term, _Either):
        yield from ((branch, rest) for branch in term.branches)
    elif isinstance(term, _Sequence):
        for part in reversed(term.parts):
            rest = (part, rest)
        yield rest
    else:
        part, low, high = term
        if low == 0:
            yield rest
        if high is None or high > 0:
            left = None if high is None else high - 1
            yield part, (_Repeat(part, max(0, low - 1), left), rest)


def _smallest(table: Table) -> Table:
    kinds, count = table[:, ACCEPTS].astype(np.int64), 0
    while True:
        rows = np.column_stack([kinds, kinds[table[:, :ACCEPTS]]])
        _, firsts, kinds = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        kinds = kinds.reshape(-1)
        if len(firsts) == count:
            break
        count = len(firsts)
    # In the order of the first state of each, so that the first two stay where they are.
    order = np.argsort(firsts)
    renamed = np.empty(count, np.int32)
    renamed[order] = np.arange(count, dtype=np.int32)
    kept = table[firsts[order]]
    kept[:, :ACCEPTS] = renamed[kinds[kept[:, :ACCEPTS]]]
    return kept
