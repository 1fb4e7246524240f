"""Surrogates are known for what they are, however a detector cuts them."""

from collections.abc import Iterator, Set
from typing import Final

SHORTEST: Final = 7
"""Letters and digits from which a part of a surrogate tells it; digits of a surrogate with others
beside it, such as a country code."""

_BETWEEN: Final = "\n"
"""Neither a letter nor a digit, so that nothing reaches from one surrogate into the next."""


class Surrogates:
    """The surrogates that stand in texts."""

    def __init__(self, surrogates: Set[str]) -> None:
        """Those of a build, as its ledger has them."""
        self._bare = frozenset(filter(None, map(_bare, surrogates)))
        self._joined = _BETWEEN.join(sorted(self._bare))
        # A name may well be a part of an address that is no surrogate.
        self._numbers = frozenset(
            one for one in self._bare if sum(map(str.isdigit, one)) >= SHORTEST
        )
        self._lengths = sorted({*map(len, self._numbers)})

    def have(self, value: str) -> bool:
        """Whether a value is a surrogate, a part of one, or one with what stands beside it."""
        bare = _bare(value)
        if bare in self._bare:
            return True
        if len(bare) < SHORTEST:
            return False
        return any(part in self._numbers for part in self._parts(bare)) or bare in self._joined

    def _parts(self, bare: str) -> Iterator[str]:
        """What is as long as some number among the surrogates."""
        for length in self._lengths:
            for start in range(len(bare) - length + 1):
                yield bare[start : start + length]


def _bare(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))
