"""What stands in the place of personal data: the same for the same value, wherever it stands.

All but a key goes into it, so that it depends on no order, shard or process, and nobody without
the key can tell which value it stands for, or test a guess.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from curate.pii.fakes.cards import card, iban
from curate.pii.fakes.companies import company
from curate.pii.fakes.dates import when
from curate.pii.fakes.draws import Source
from curate.pii.fakes.form import bare, shuffled
from curate.pii.fakes.identities import identity
from curate.pii.fakes.mails import mail
from curate.pii.fakes.network import ip, mac, url, uuid
from curate.pii.fakes.people import person
from curate.pii.fakes.phones import phone
from curate.pii.fakes.places import place
from curate.pii.fakes.security_numbers import security_number
from curate.pii.fakes.wallets import ether, wallet

Action = Literal["replace", "mask", "redact", "hash", "pseudonym", "drop", "flag"]
"""What is done with a finding; `drop` is about its record, and `flag` leaves it."""

EXACT: Final = "SECRET:"
"""What stands before the rule of a secret, of which every character counts."""

KEYED: Final = ("hash", "pseudonym")
"""Actions that need a key."""

KEY_BYTES: Final = 16
"""The fewest that a key may have: a shorter one could be guessed."""

_HASH_DIGITS: Final = 16
_REMEMBERED: Final = 1 << 16
"""Surrogates that a process keeps."""


def keyed_hash(key: bytes, entity: str, value: str) -> str:
    """64 bits of HMAC-SHA-256 (RFC 2104) over entity and value, as hexadecimal digits."""
    return _mac(key, entity, _bare(entity, value), 0).hex()[:_HASH_DIGITS]


@lru_cache(maxsize=_REMEMBERED)
def pseudonym(key: bytes, entity: str, value: str) -> str:
    """A surrogate of the same kind and form, which is never the value itself.

    It depends on these three alone: on no order, process, or state of a random generator; names and
    places also on the version of Faker, from whose lists they are, and telephone numbers on that of
    `phonenumbers`. Case does not count, nor does punctuation in numbers. What is known of an entity
    holds for its surrogates (`fakes`): checksums, country, brand, length. Of other entities letters
    and digits become others. A value without any becomes <ENTITY>.

    >>> pseudonym(b"sixteen bytes or", "US_SSN", "078-05-1120")
    '927-42-8593'
    """
    if not any(map(str.isalnum, value)):
        return f"<{entity}>"
    source = Source(key, entity)
    made = _MAKERS.get(entity, identity)(source, value)
    if made is None or bare(made) == bare(value):
        plain = value if entity.startswith(EXACT) else bare(value)
        made = source.another(plain, lambda draws: shuffled(draws, value))
    return f"<{entity}>" if made is None else made


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


_MAKERS: Final[Mapping[str, Callable[[Source, str], str | None]]] = {
    **dict.fromkeys(("PERSON", "PER", "NAME"), person),
    **dict.fromkeys(("LOCATION", "LOC", "GPE", "FAC", "FACILITY"), place),
    **dict.fromkeys(("ADDRESS", "STREET_ADDRESS", "CITY", "COUNTRY"), place),
    **dict.fromkeys(("ORGANIZATION", "ORGANISATION", "ORG", "COMPANY"), company),
    "CREDIT_CARD": card,
    "CRYPTO": wallet,
    **dict.fromkeys(("DATE_TIME", "DATE", "DATE_OF_BIRTH"), when),
    **dict.fromkeys(("EMAIL_ADDRESS", "EMAIL"), mail),
    "ETHEREUM_ADDRESS": ether,
    "IBAN_CODE": iban,
    "IP_ADDRESS": ip,
    "MAC_ADDRESS": mac,
    **dict.fromkeys(("PHONE_NUMBER", "PHONE"), phone),
    "URL": url,
    "US_SSN": security_number,
    "UUID": uuid,
}
"""What makes the surrogates of an entity, by the names of Presidio and of models; of all others
`identity`. Each answers None where a value is not what its entity says."""
