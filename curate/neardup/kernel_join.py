"""Which of the candidates reach the threshold, decided on their sets of shingles.

Sets lie one after the other in `shingles`: first the sorted part that counts by itself up to
`cores`, then the sorted boiler-plate up to `stops`. The sets of a component follow each other, the
one to be kept first of all at its front.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.neardup.kernel_trees import root, unite
from curate.scan.compiled import HASHES, NUMBERS, compiled

_PLACES: Final = types.int64[::1]
_SETS: Final = (HASHES, NUMBERS, NUMBERS, NUMBERS)
_WAY: Final = (types.boolean, types.boolean, types.int64, types.int64)
_FLAGS: Final = types.Array(types.boolean, 1, "C", readonly=True)
_PART: Final = types.void(HASHES, NUMBERS, NUMBERS, HASHES, _PLACES)
_FEW: Final = types.void(*_SETS, NUMBERS, NUMBERS, _FLAGS, *_WAY, _PLACES, _PLACES)
_MANY: Final = types.void(
    *_SETS, *(types.int64, NUMBERS, NUMBERS, types.int64), _FLAGS, *_WAY, _PLACES, _PLACES
)
_SETTLE: Final = types.void(*_SETS, *_WAY[2:], _PLACES, _PLACES, types.boolean[::1])


@compiled(_PART)
def part(shingles: Any, starts: Any, stops: Any, boilerplate: Any, cores: Any) -> None:
    """Move the shingles of each set that are boiler-plate (sorted) behind its others."""
    longest = 0
    for node in range(len(starts)):
        longest = max(longest, stops[node] - starts[node])
    aside = np.empty(longest, np.uint64)
    for node in range(len(starts)):
        kept = starts[node]
        moved = 0
        for at in range(starts[node], stops[node]):
            value = shingles[at]
            place = np.searchsorted(boilerplate, value)
            if place < len(boilerplate) and boilerplate[place] == value:
                aside[moved] = value
                moved += 1
            else:
                shingles[kept] = value
                kept += 1
        cores[node] = kept
        for at in range(moved):
            shingles[kept + at] = aside[at]


@njit(nogil=True)
def _shared(shingles: Any, one: Any, one_stop: Any, other: Any, other_stop: Any) -> Any:
    """How many numbers two sorted runs share."""
    shared = 0
    while one < one_stop and other < other_stop:
        left = shingles[one]
        right = shingles[other]
        shared += left == right
        one += left <= right
        other += right <= left
    return shared


@njit(nogil=True, inline="always")
def _reaches(shared: Any, one: Any, other: Any, over: Any, under: Any) -> Any:
    """Whether sets of two sizes with so many shared elements are similar enough."""
    return shared * under >= (one + other - shared) * over


@njit(nogil=True)
def _similar(
    shingles: Any, starts: Any, cores: Any, stops: Any, one: Any, other: Any, over: Any, under: Any
) -> Any:
    """How many shingles two sets share; -1 where they are not similar enough.

    They must be so with and without boiler-plate; sets of nothing else agree without it.
    """
    whole_one = stops[one] - starts[one]
    whole_other = stops[other] - starts[other]
    core_one = cores[one] - starts[one]
    core_other = cores[other] - starts[other]
    if not _reaches(min(whole_one, whole_other), whole_one, whole_other, over, under):
        return -1
    if not _reaches(min(core_one, core_other), core_one, core_other, over, under):
        return -1
    shared = _shared(shingles, starts[one], cores[one], starts[other], cores[other])
    if not _reaches(shared, core_one, core_other, over, under):
        return -1
    shared += _shared(shingles, cores[one], stops[one], cores[other], stops[other])
    return shared if _reaches(shared, whole_one, whole_other, over, under) else -1


@compiled(_FEW)
def few(  # noqa: C901 - both ways to decide, over the same sets
    shingles: Any,
    starts: Any,
    cores: Any,
    stops: Any,
    begins: Any,
    ends: Any,
    fixed: Any,
    chaining: Any,
    own: Any,
    over: Any,
    under: Any,
    keepers: Any,
    shared: Any,
) -> None:
    """Compare all sets of each component, from `begins` to `ends`.

    `over / under` is the threshold. Fills `keepers` with the set that stands for each, itself
    where it is kept, and `shared` with what it shares with it. Sets that are `fixed` are kept; they
    alone stand for others unless those of their `own` do too.
    """
    for component in range(len(ends)):
        start = begins[component]
        for node in range(start, ends[component]):
            keepers[node] = node
            if fixed[node] and not chaining:
                continue
            most = 0.0
            best = np.int64(-1)
            for other in range(start, node):
                if chaining:
                    if root(keepers, node) != root(keepers, other):
                        found = _similar(shingles, starts, cores, stops, node, other, over, under)
                        if found >= 0:
                            unite(keepers, node, other)
                elif keepers[other] == other and (own or fixed[other]):
                    found = _similar(shingles, starts, cores, stops, node, other, over, under)
                    size = stops[node] - starts[node] + stops[other] - starts[other]
                    if found >= 0 and found / (size - found) > most:
                        most = found / (size - found)
                        best = other
                        shared[node] = found
            if best >= 0:
                keepers[node] = best


@compiled(_MANY)
def many(  # noqa: C901 - likewise
    shingles: Any,
    starts: Any,
    cores: Any,
    stops: Any,
    first: Any,
    tokens: Any,
    token_ends: Any,
    kinds: Any,
    fixed: Any,
    chaining: Any,
    own: Any,
    over: Any,
    under: Any,
    keepers: Any,
    shared: Any,
) -> None:
    """Do the same in one large component, whose sets are `first` and those behind it.

    Only sets that share one of their `tokens` (`joining.prefixes`; each set's end at `token_ends`)
    are compared. `kinds` is how many tokens there are.
    """
    count = len(token_ends)
    heads = np.full(kinds, -1, np.int64)
    # Whether the sets with a token are of more than one tree; if not, one of them tells of which.
    mixed = np.zeros(kinds, np.bool_)
    nexts = np.empty(len(tokens), np.int64)
    owners = np.empty(len(tokens), np.int64)
    seen = np.full(count, -1, np.int64)
    entry = 0
    for place in range(count):
        node = first + place
        keepers[node] = node
        begin = token_ends[place - 1] if place else 0
        most = 0.0
        best = np.int64(-1)
        if not fixed[node] or chaining:
            for at in range(begin, token_ends[place]):
                token = tokens[at]
                step = heads[token]
                if (
                    chaining
                    and step >= 0
                    and not mixed[token]
                    and root(keepers, owners[step]) == root(keepers, node)
                ):
                    continue
                alike = True
                while step >= 0:
                    other = owners[step]
                    step = nexts[step]
                    if chaining and root(keepers, node) == root(keepers, other):
                        continue
                    if seen[other - first] != place:
                        seen[other - first] = place
                        found = _similar(shingles, starts, cores, stops, node, other, over, under)
                        if found >= 0 and chaining:
                            unite(keepers, node, other)
                            continue
                        size = stops[node] - starts[node] + stops[other] - starts[other]
                        if found >= 0 and (
                            found / (size - found) > most
                            or (found / (size - found) == most and other < best)
                        ):
                            most = found / (size - found)
                            best = other
                            shared[node] = found
                    alike = False
                if chaining and alike:
                    mixed[token] = False
        if best >= 0:
            keepers[node] = best
            continue
        if not (own or chaining or fixed[node]):
            continue
        for at in range(begin, token_ends[place]):
            token = tokens[at]
            step = heads[token]
            if chaining and step >= 0 and root(keepers, owners[step]) != root(keepers, node):
                mixed[token] = True
            owners[entry] = node
            nexts[entry] = step
            heads[token] = entry
            entry += 1


@compiled(_SETTLE)
def settle(
    shingles: Any,
    starts: Any,
    cores: Any,
    stops: Any,
    over: Any,
    under: Any,
    keepers: Any,
    shared: Any,
    reached: Any,
) -> None:
    """Make `keepers` point to the set that is kept; fill `shared`, and whether it is similar."""
    for node in range(len(keepers)):
        keeper = root(keepers, node)
        keepers[node] = keeper
        reached[node] = _similar(shingles, starts, cores, stops, node, keeper, over, under) >= 0
        shared[node] = _shared(shingles, starts[node], cores[node], starts[keeper], cores[keeper])
        shared[node] += _shared(shingles, cores[node], stops[node], cores[keeper], stops[keeper])
