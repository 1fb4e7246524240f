"""Mail addresses at example.com, with the surrogate of a name where a name stands in them."""

import re
import unicodedata
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import DIGITS, folded
from curate.pii.fakes.lexicon import lexicon
from curate.pii.fakes.names import name_part
from curate.pii.fakes.scripts import script_of

DOMAIN: Final = "example.com"
"""Reserved for examples (RFC 2606, 3)."""

_NAMED: Final = re.compile(r"[^\W\d_]+(?:[._-][^\W\d_]+){1,2}")
_BETWEEN: Final = re.compile(r"([._-])")
_DIGITS: Final = 4


def mail(source: Source, value: str) -> str | None:
    """An address at example.com: of the surrogates of names and four digits, or `user-` and hex.

    jane.doe@acme.com has the surrogates that "Jane" and "Doe" have elsewhere; the digits depend on
    the whole address, so that two of one person remain two.
    """
    local = folded(value).rpartition("@")[0]
    name = _named(source.key, local)

    def make(draws: Draws) -> str:
        if name:
            return f"{name}{draws.several(DIGITS, _DIGITS)}@{DOMAIN}"
        return f"user-{draws.several('0123456789abcdef', 12)}@{DOMAIN}"

    return source.another(folded(value), make)


def _named(key: bytes, local: str) -> str:
    """The surrogate of two or three names, one of them known or an initial; else nothing."""
    known = lexicon("LATIN") if _NAMED.fullmatch(local) and script_of(local) == "LATIN" else None
    words = _BETWEEN.split(local)[::2]
    if known is None or not any(len(word) == 1 or known.knows(word) for word in words):
        return ""
    return "".join(
        part if place % 2 else _plain(key, part) for place, part in enumerate(_BETWEEN.split(local))
    )


def _plain(key: bytes, word: str) -> str:
    """The surrogate of a part in ASCII; of an initial the first letter of one."""
    made = name_part(key, word).lower()
    letters = unicodedata.normalize("NFKD", made).encode("ascii", "ignore").decode()
    plain = "".join(filter(str.isalpha, letters)) or "x"
    return plain[0] if len(word) == 1 else plain
