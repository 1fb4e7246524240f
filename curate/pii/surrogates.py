"""What stands in the place of personal data: the same for the same value, wherever it stands.

All but a key goes into it, so that it depends on no order, shard or process, and nobody without
the key can tell which value it stands for, or test a guess.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import count
from typing import Final, Literal

Action = Literal["replace", "mask", "redact", "hash", "pseudonym", "drop"]
"""What is done with a finding; `drop` is about its record."""

EXACT: Final = "SECRET:"
"""What stands before the rule of a secret, of which every character counts."""

KEYED: Final = ("hash", "pseudonym")
"""Actions that need a key."""

KEY_BYTES: Final = 16
"""The fewest that a key may have: a shorter one could be guessed."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_HASH_DIGITS: Final = 16


def keyed_hash(key: bytes, entity: str, value: str) -> str:
    """64 bits of HMAC-SHA-256 (RFC 2104) over entity and value, as hexadecimal digits."""
    return _mac(key, entity, _bare(entity, value), 0).hex()[:_HASH_DIGITS]


def pseudonym(key: bytes, entity: str, value: str) -> str:
    """A surrogate of the same form.

    Mail addresses are at example.com (RFC 2606), IP addresses in 10.0.0.0/8 (RFC 1918) or in
    2001:db8::/32 (RFC 3849), MAC addresses are locally administered. In all others each letter and
    digit becomes another of its kind, and what stands between them stays, so that the same number
    written otherwise has the same digits. Checksums do not hold.
    """
    mac = _mac(key, entity, _bare(entity, value), 0)
    if entity == "EMAIL_ADDRESS":
        return f"user-{mac.hex()[:12]}@example.com"
    if entity == "IP_ADDRESS":
        if ":" in value:
            return "2001:db8:" + ":".join(mac.hex()[n : n + 4] for n in range(0, 24, 4))
        return f"10.{mac[0]}.{mac[1]}.{mac[2]}"
    if entity == "MAC_ADDRESS":
        return ":".join(["02", *(f"{byte:02x}" for byte in mac[:5])])
    stream = _stream(key, entity, _bare(entity, value))
    return "".join(_other(char, next(stream)) if char.isalnum() else char for char in value)


def _bare(entity: str, value: str) -> str:
    """The value without what does not distinguish it: case, and in numbers punctuation."""
    if entity.startswith(EXACT):
        return value
    folded = value.casefold()
    if entity in ("EMAIL_ADDRESS", "IP_ADDRESS", "URL"):
        return folded
    return "".join(filter(str.isalnum, folded))


def _mac(key: bytes, entity: str, bare: str, block: int) -> bytes:
    message = b"\0".join([b"curate.pii.1", entity.encode(), str(block).encode(), bare.encode()])
    return hmac.digest(key, message, hashlib.sha256)


def _stream(key: bytes, entity: str, bare: str) -> Iterator[int]:
    """Numbers of 16 bits without end."""
    for block in count(1):
        mac = _mac(key, entity, bare, block)
        for place in range(0, len(mac), 2):
            yield int.from_bytes(mac[place : place + 2], "big")


def _other(char: str, number: int) -> str:
    if char.isdecimal():
        return str(number % 10)
    letter = _LETTERS[number % len(_LETTERS)]
    return letter.upper() if char.isupper() else letter
