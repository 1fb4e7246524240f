"""Surrogates are known for what they are, however a detector cuts them."""

from collections.abc import Set
from typing import Final

SHORTEST: Final = 7
"""Letters and digits from which a part of a surrogate tells it; digits of a surrogate with others
beside it, such as a country code."""


class Surrogates:
    """The surrogates that stand in texts."""

    def __init__(self, surrogates: Set[str]) -> None:
        """Those of a build, as its ledger has them."""
        self._bare = frozenset(filter(None, map(_bare, surrogates)))
        # A name may well be a part of an address that is no surrogate.
        self._numbers = [one for one in self._bare if sum(map(str.isdigit, one)) >= SHORTEST]

    def have(self, value: str) -> bool:
        """Whether a value is a surrogate, a part of one, or one with what stands beside it."""
        bare = _bare(value)
        if bare in self._bare:
            return True
        if len(bare) < SHORTEST:
            return False
        return any(bare in one for one in self._bare) or any(one in bare for one in self._numbers)


def _bare(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))
