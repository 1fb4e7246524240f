"""What tokens say of themselves: whether a string that looks like one was issued as one."""

import base64
import binascii
import zlib
from typing import Any, Final

import orjson

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK_DIGITS: Final = 6


def crc32_base62(token: str) -> bool:
    """The last six characters are the CRC-32 of those before them, behind the prefix, in base 62.

    As GitHub tells of its tokens, and npm of its own ("Behind GitHub's new authentication token
    formats", github.blog, 5 April 2021).
    """
    secret = token.rpartition("_")[2]
    body, check = secret[:-_CHECK_DIGITS], secret[-_CHECK_DIGITS:]
    return len(check) == _CHECK_DIGITS and bool(body) and _base62(_crc32(body)) == check


def crc32_hex(token: str) -> bool:
    """What stands behind the last `_` is the CRC-32 of all before it, lowest byte first, in hex.

    As Grafana makes it (grafana/grafana, pkg/components/satokengen/tokengen.go).
    """
    body, _, check = token.rpartition("_")
    return _crc32(body).to_bytes(4, "little").hex() == check.lower()


def jwt(token: str) -> bool:
    """The first part is a JSON object that names an algorithm (RFC 7515, sections 3 and 4.1.1)."""
    header = _json(token.partition(".")[0])
    return isinstance(header, dict) and isinstance(header.get("alg"), str)


def snowflake(token: str) -> bool:
    """The first part is a number in Base64, the id of a Discord bot (its API, "Snowflakes")."""
    return _decoded(token.partition(".")[0]).isdigit()


def _crc32(text: str) -> int:
    return zlib.crc32(text.encode())


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits.rjust(_CHECK_DIGITS, "0")


def _decoded(part: str) -> bytes:
    """The bytes of Base64 without padding, in either alphabet; none where it is no Base64."""
    try:
        return base64.urlsafe_b64decode(part.encode() + b"=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return b""


def _json(part: str) -> Any:
    try:
        return orjson.loads(_decoded(part))
    except orjson.JSONDecodeError:
        return None
