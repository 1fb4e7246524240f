"""A second way of looking for personal data, which shares nothing with the first.

It finds less: only what is certain, by form, length and checksum, so that what it finds where the
first was at work is a leak. Invisible characters are left out of texts first, and compatibility
forms replaced by their own (NFKC), which the first does not do.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


class Kind(NamedTuple):
    """How an entity is looked for."""

    pattern: str
    """For RE2 and for `re`; what is found must not have a letter, digit or sign at either side."""
    is_certain: Callable[[str], bool]
    score: float
    """What the first detector says of it at least: above it that looks for nothing of the kind."""


def _luhn(text: str) -> bool:
    """The checksum of card numbers (ISO/IEC 7812-1, annex B), of a number that cards begin with."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return digits[0] in (3, 4, 5, 6) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    """The checksum of account numbers (ISO 13616, by ISO 7064 MOD 97-10)."""
    bare = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def _bitcoin(text: str) -> bool:
    """The checksum of addresses in base 58: the first four bytes of SHA-256 twice."""
    number = 0
    for char in text:
        number = number * 58 + _BASE58.index(char)
    raw = number.to_bytes(25, "big") if number < 256**25 else b""
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _public_address(text: str) -> bool:
    try:
        return ip_address(text).is_global
    except ValueError:
        return False


def _security_number(text: str) -> bool:
    """Area, group and serial that the Social Security Administration may give out."""
    area, group, serial = text.split("-")
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _dialled(text: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse(text, "US"))
    except NumberParseException:
        return False


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SUFFIXES: Final = (
    *("com", "org", "net", "edu", "gov", "mil", "info", "biz", "io", "eu", "de", "fr", "it"),
    *("es", "nl", "be", "ch", "at", "se", "no", "dk", "fi", "pl", "cz", "uk", "ie", "us", "ca"),
    *("au", "nz", "in", "jp", "kr", "cn", "br", "mx", "ar", "za", "ru"),
)

KINDS: Final = {
    "EMAIL_ADDRESS": Kind(
        r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9])?@"
        rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,4}}(?:{'|'.join(_SUFFIXES)})",
        lambda text: ".." not in text,
        1.0,
    ),
    "CREDIT_CARD": Kind(
        r"\d{16}|\d{4}-\d{4}-\d{4}-\d{4}|\d{4} \d{4} \d{4} \d{4}|3[47]\d{13}", _luhn, 1.0
    ),
    "IBAN_CODE": Kind(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,6}(?: ?[A-Z0-9]{1,3})?", _iban, 1.0),
    "CRYPTO": Kind(r"[13][1-9A-HJ-NP-Za-km-z]{25,33}", _bitcoin, 1.0),
    "IP_ADDRESS": Kind(
        r"(?:[1-9]\d{0,2}\.)(?:\d{1,3}\.){2}\d{1,3}|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
        _public_address,
        0.6,
    ),
    "MAC_ADDRESS": Kind(
        r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}",
        lambda text: len({*text[::3], *text[1::3]}) > 2,
        0.6,
    ),
    "US_SSN": Kind(r"\d{3}-\d{2}-\d{4}", _security_number, 0.5),
    "PHONE_NUMBER": Kind(r"\+[1-9]\d{9,13}|\([2-9]\d\d\) [2-9]\d\d-\d{4}", _dialled, 0.4),
}
"""By the names of Presidio's entities. Suffixes of mail addresses are the commonest top domains."""

_EDGE: Final = r"[\w.@:+%/=-]"
"""What makes a stretch a part of something longer, such as a link or a version."""

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e]")


class Sighting(NamedTuple):
    """What the second way found in a text."""

    row: int
    entity: str
    value: str


def sightings(texts: pa.StringArray, limits: Mapping[str, float]) -> Iterator[Sighting]:
    """What texts hold of some entities whose scores may reach their limits.

    Other entities than those of `KINDS` are not looked for.
    """
    kinds = tuple(name for name in KINDS if name in limits and KINDS[name].score >= limits[name])
    if not kinds:
        return
    plain = plain_forms(texts)
    gate = "|".join(f"(?:{KINDS[name].pattern})" for name in kinds)
    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(plain, gate), False))
    for row in rows.to_pylist():
        text = plain[row].as_py()
        for name in kinds:
            for match in _within(name).finditer(text):
                if KINDS[name].is_certain(match[0]):
                    yield Sighting(row, name, match[0])


@cache
def _within(entity: str) -> re.Pattern[str]:
    # A full stop or a comma may follow; where more follows behind it, it is a part of the value.
    after = r"(?![.,:]?\w|[@%/=+-]|[.,:][@\w])"
    return re.compile(rf"(?<!{_EDGE})(?:{KINDS[entity].pattern}){after}", re.ASCII)


def plain_forms(texts: pa.StringArray) -> pa.StringArray:
    """The texts in NFKC without invisible characters; ASCII stays as it is."""
    is_odd = pc.fill_null(pc.invert(pc.string_is_ascii(texts)), False)
    if not pc.any(is_odd).as_py():
        return texts
    made = [
        unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        for text in texts.filter(is_odd).to_pylist()
    ]
    return pc.replace_with_mask(texts, is_odd, pa.array(made, texts.type))


def hint(value: str) -> str:
    """The form of a value, without its letters and digits.

    >>> hint("jo@acme.com")
    'xx@xxxx.xxx'
    """
    return "".join("0" if char.isdigit() else "x" if char.isalpha() else char for char in value)
