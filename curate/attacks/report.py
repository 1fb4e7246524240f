"""What an attack on some texts says of a classifier."""

from collections.abc import Sequence
from typing import NamedTuple

from curate.attacks.running import Attacked


class AttackReport(NamedTuple):
    """How a classifier withstands an attack; shares are None where there is nothing to share."""

    texts: int
    wrong_before: int
    """Texts that it was wrong about by itself: they are not attacked."""
    without_words: int
    """Texts in which there is nothing to change; not attacked either."""
    too_long: int
    """Texts of more words or characters than are tried (`running.MOST_WORDS`); not attacked."""
    attacked: int
    successes: int
    out_of_queries: int
    """Attacks that failed when their queries were spent."""
    out_of_time: int
    success_rate: float | None
    """Of the attacked ones."""
    accuracy_before: float | None
    """The share of all texts that it is right about."""
    accuracy_after: float | None
    """The same with the changed text in place of each that was changed."""
    words_changed: float | None
    """The mean share of words that successes changed."""
    queries: float | None
    """The mean number of questions to the classifier for each attacked text."""


def report(found: Sequence[Attacked], labels: Sequence[int]) -> AttackReport:
    """The figures of attacked texts, of each of which the place of its right label is told."""
    attacked = [one for one in found if one.status != "skipped"]
    successes = [one for one in attacked if one.status == "success"]
    right = sum(int(one.before.argmax()) == at for one, at in zip(found, labels, strict=True))
    after = sum(int(one.after.argmax()) == at for one, at in zip(found, labels, strict=True))

    def counted(why: str) -> int:
        return sum(one.why == why for one in found)

    return AttackReport(
        texts=len(found),
        wrong_before=counted("wrong before"),
        without_words=counted("no words"),
        too_long=counted("too long"),
        attacked=len(attacked),
        successes=len(successes),
        out_of_queries=counted("out of queries"),
        out_of_time=counted("out of time"),
        success_rate=_share(len(successes), len(attacked)),
        accuracy_before=_share(right, len(found)),
        accuracy_after=_share(after, len(found)),
        words_changed=_share(sum(one.changed for one in successes), len(successes)),
        queries=_share(sum(one.queries for one in attacked), len(attacked)),
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
