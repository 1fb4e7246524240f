"""Choices that a key makes for a value, the same in every process."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from curate.pii.fakes.form import bare

ATTEMPTS: Final = 64
"""How often is drawn again where what was drawn is the value itself, or does not fit."""

_BYTES: Final = 4

Option = TypeVar("Option")


class Draws:
    """Numbers without end: HMAC-SHA-256 (RFC 2104) of what they are for, and of a counter."""

    def __init__(self, key: bytes, *what: str) -> None:
        """`what` they are for; no part but the last may hold the character NUL."""
        self._key = key
        self._message = b"\0".join(
            [b"curate.pii.2", *(part.encode("utf-8", "surrogatepass") for part in what)]
        )
        self._block, self._ahead = 0, b""

    def below(self, limit: int) -> int:
        """A number in [0, limit), of 32 bits modulo `limit`."""
        if not self._ahead:
            message = self._block.to_bytes(_BYTES, "big") + self._message
            self._ahead = hmac.digest(self._key, message, hashlib.sha256)
            self._block += 1
        number, self._ahead = self._ahead[:_BYTES], self._ahead[_BYTES:]
        return int.from_bytes(number, "big") % limit

    def one_of(self, options: Sequence[Option]) -> Option:
        """One of some options, each as likely."""
        return options[self.below(len(options))]

    def several(self, options: str, count: int) -> str:
        """So many characters, each one of some."""
        return "".join(self.one_of(options) for _ in range(count))


class Source(NamedTuple):
    """What draws for the values of an entity."""

    key: bytes
    entity: str

    def draws(self, value: str, attempt: int = 0) -> Draws:
        """Those for a value, without what does not distinguish it."""
        return Draws(self.key, self.entity, str(attempt), value)

    def another(self, value: str, make: Callable[[Draws], str | None]) -> str | None:
        """The first that is made and has other letters or digits than the value; None if none is.

        A name and a number are others than the value where case and punctuation do not count.
        """
        own = bare(value)
        for attempt in range(ATTEMPTS):
            made = make(self.draws(value, attempt))
            if made is not None and bare(made) != own:
                return made
        return None
