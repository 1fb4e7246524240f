"""Addresses of machines and pages: in ranges and domains that are reserved."""

import re
from ipaddress import ip_address
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import LETTERS, bare, folded, shuffled

_HEX: Final = "0123456789abcdef"
_URL: Final = re.compile(r"([a-z][a-z0-9+.-]*:/*)?(www\.)?([^/?#]*)(.*)", re.I | re.S)
_CHARACTER: Final = re.compile(r"%[0-9a-f]{2}|[^\W_]", re.I)


def ip(source: Source, value: str) -> str:
    """An address in 10.0.0.0/8 (RFC 1918) or 2001:db8::/32 (RFC 3849), with the same prefix length.

    The same address written in another way has the same surrogate.
    """
    address, slash, length = value.partition("/")
    draws = source.draws(_canonical(address))
    if ":" in address:
        groups = [draws.several(_HEX, 4) for _ in range(6)]
        return "2001:db8:" + ":".join(groups) + slash + length
    return ".".join(["10", *(str(draws.below(256)) for _ in range(3))]) + slash + length


def _canonical(address: str) -> str:
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return address.casefold()


def mac(source: Source, value: str) -> str:
    """An address that is locally administered (IEEE 802, 8.2), grouped as the value is."""
    plain = bare(value)
    digits = "02" + source.draws(plain).several(_HEX, 10)
    if value.isupper():
        digits = digits.upper()
    if len(plain) != len(digits):
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    following = iter(digits)
    return "".join(next(following) if char.isalnum() else char for char in value)


def uuid(source: Source, value: str) -> str | None:
    """One of the same version and variant (RFC 9562, 4.1 and 4.2); None where it is no UUID."""
    plain = bare(value)
    if len(plain) != 32 or not set(plain) <= set(_HEX):
        return None

    def make(draws: Draws) -> str:
        digits = draws.several(_HEX, 32)
        return digits[:12] + plain[12] + digits[13:16] + plain[16] + digits[17:]

    made = source.another(plain, make)
    if made is None:
        return None
    following = iter(made.upper() if value.isupper() else made)
    return "".join(next(following) if char.isalnum() else char for char in value)


def url(source: Source, value: str) -> str | None:
    """A page of a host under example.com (RFC 2606): the same host for the same host everywhere.

    Scheme and punctuation stay; letters and digits of what follows the host become others.
    """
    match = _URL.fullmatch(value)
    if match is None or not match[3]:
        return None
    scheme, www, host, rest = match.groups("")
    name = source._replace(entity="URL host").draws(host.casefold()).several(LETTERS, 10)

    def make(draws: Draws) -> str:
        path = _CHARACTER.sub(lambda found: _other(draws, found[0]), rest)
        return f"{scheme}{www}{name}.example.com{path}"

    return source.another(folded(value), make)


def _other(draws: Draws, found: str) -> str:
    if not found.startswith("%"):
        return shuffled(draws, found)
    escaped = chr(int(found[1:], 16))
    return f"%{ord(draws.one_of(LETTERS)):X}" if escaped.isalnum() or escaped > "~" else found
