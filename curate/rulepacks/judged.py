"""What rules measured, under a key (docs/format.md, "Store")."""

from collections.abc import Iterable

from curate.hashing import digest
from curate.scores import Score
from curate.signals import SIGNALS


def judged_key(field: str, signals: Iterable[str], scores: Iterable[Score] = ()) -> str:
    """Name a set of signals on one field: 32 hex digits.

    `signals` are names, in any order; what makes their values counts. No limit has an influence.
    Those that are `scores` wanted for this field have the key of their step.
    """
    given = {score.name: score.key for score in scores if score.wanted.field == field}
    names = (given.get(name) or SIGNALS[name].key for name in sorted(set(signals)))
    return digest(b"curate.judged.1", field.encode(), *(name.encode() for name in names)).hex()
