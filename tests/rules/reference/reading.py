"""What a reading of a published rule is, and the choices that its text leaves open.

The modules beside this one follow the papers' words, slowly, and import nothing of `curate`: they
are what the packs are held against. A choice is named where datatrove 0.10.1 chose otherwise than
`curate`; a reading without any is the pack's, one with all of them is datatrove's.
"""

from collections.abc import Callable
from typing import NamedTuple

Choices = frozenset[str]

CURATE: Choices = frozenset()

GOPHER: dict[str, str] = {
    "spaces": "words stand between white space in every script, not one letter each in Chinese",
    "worded": "words of punctuation alone do not count in number and mean length",
    "dashes": "bullets are • and -, without white space behind, and no other sign",
    "all-lines": "blank lines are lines, and other signs than line feeds end one",
    "exact": "stop words stand in lower case, without signs at them",
}
REPETITION: dict[str, str] = {
    "spaces": GOPHER["spaces"],
    "pieces": "lines and paragraphs keep the white space at their ends; some lines are empty",
    "all-characters": "shares are of all characters, white space too",
    "once": "the most frequent sequence counts though it comes once",
    "joined": "its length with spaces times its occurrences, overlapping or not; the first",
    "jump": "behind a sequence that stood before, the search goes on after its last word",
}
FINEWEB: dict[str, str] = {
    "limits": "fewer than .12, more than .67, more than .01; not: at most .12, at least .67, .1",
    "bare": "a line's last character is looked at, not what stands before quotes and brackets",
    "edges": "white space at a line's ends is part of it",
    "thirty": "a line of 30 characters is short",
    "all-characters": "the share is of all characters but line feeds",
}


class Reading(NamedTuple):
    """One rule: what it measures on a text, and which values drop it."""

    measure: Callable[[str, Choices], float | None]
    """None where there is nothing to measure: then nothing is dropped."""
    drops: Callable[[float, Choices], bool]

    def fails(self, text: str, choices: Choices = CURATE) -> bool:
        """Whether the text is dropped."""
        value = self.measure(text, choices)
        return value is not None and self.drops(value, choices)


def share(part: int, whole: int) -> float | None:
    """One number by another; None by nothing."""
    return part / whole if whole else None


def above(limit: float) -> Callable[[float, Choices], bool]:
    """Drop what is more than a limit."""
    return lambda value, _: value > limit


def below(limit: float) -> Callable[[float, Choices], bool]:
    """Drop what is less than a limit."""
    return lambda value, _: value < limit
