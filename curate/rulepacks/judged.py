"""What rules measured, under a key (docs/format.md, "Store")."""

from collections.abc import Iterable

from curate.hashing import digest
from curate.signals import SIGNALS


def judged_key(field: str, signals: Iterable[str]) -> str:
    """Name a set of signals on one field: 32 hex digits.

    `signals` are names, in any order; what makes their values counts. No limit has an influence.
    """
    names = (SIGNALS[name].key for name in sorted(set(signals)))
    return digest(b"curate.judged.1", field.encode(), *(name.encode() for name in names)).hex()
