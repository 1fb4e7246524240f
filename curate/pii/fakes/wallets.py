"""Addresses of Bitcoin, whose checksums are right, and of Ethereum."""

import hashlib
import re
from collections.abc import Sequence
from functools import reduce
from typing import Final

from curate.pii.fakes.draws import Draws, Source

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANTS: Final = {"q": 1, "p": 0x2BC830A3}
"""By the character of the version: BIP 173 for version 0, BIP 350 for version 1."""

_VERSIONS: Final = {"1": b"\0", "3": b"\5"}
_OLD: Final = re.compile(rf"[13][{_BASE58}]{{25,34}}")
_ETHER: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_SEGWIT: Final = re.compile(rf"(?i)bc1[qp](?:[{_BECH32}]{{38}}|[{_BECH32}]{{58}})")


def wallet(source: Source, value: str) -> str | None:
    """An address of the same kind: base 58 with its checksum, or bech32 (BIP 173, BIP 350).

    One in base 58 may be a character shorter or longer. None where the value is neither.
    """
    if _OLD.fullmatch(value):
        return source.another(value, lambda draws: _base58(draws, _VERSIONS[value[0]]))
    if _SEGWIT.fullmatch(value):
        small = value.lower()
        made = source.another(small, lambda draws: _bech32(draws, small[3], len(small)))
        return made.upper() if made is not None and value.isupper() else made
    return None


def ether(source: Source, value: str) -> str | None:
    """An address of Ethereum in small letters, without checksum (EIP-55); None if it is none."""
    if not _ETHER.fullmatch(value):
        return None
    return source.another(value.lower(), lambda draws: "0x" + draws.several("0123456789abcdef", 40))


def _base58(draws: Draws, version: bytes) -> str:
    body = version + bytes(draws.below(256) for _ in range(20))
    raw = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, place = divmod(number, 58)
        text = _BASE58[place] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def _bech32(draws: Draws, version: str, length: int) -> str:
    program = [draws.below(32) for _ in range(length - 10)]
    if len(program) == 52:  # 256 bits in groups of 5: the last four are padding, and zero
        program[-1] &= 16
    data = [_BECH32.index(version), *program]
    human = [ord(char) >> 5 for char in "bc"] + [0] + [ord(char) & 31 for char in "bc"]
    check = _checked([*human, *data, *[0] * 6]) ^ _CONSTANTS[version]
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return "bc1" + "".join(_BECH32[each] for each in data)


def _checked(values: Sequence[int]) -> int:
    """The remainder of the BCH code of BIP 173."""
    return reduce(_step, values, 1)


def _step(state: int, value: int) -> int:
    top = state >> 25
    state = (state & 0x1FFFFFF) << 5 ^ value
    for bit, term in enumerate(_GENERATOR):
        if top >> bit & 1:
            state ^= term
    return state
