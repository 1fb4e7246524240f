"""C4's clean-up (Raffel et al. 2020, JMLR 21(140), section 2.2), and datatrove's version of it."""

import re
from collections.abc import Callable

import regex

from tests.rules.reference.edited import Edited, Fate, edited
from tests.rules.reference.reading import Choices, Reading, above, below
from tests.rules.reference.words import words

CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
POLICY = re.compile(
    "terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies", re.I
)

BAD_WORDS = ("zounds", "drat it")
"""The real list is not shipped."""


def clean(text: str) -> Edited:
    """Lines removed and mended; pages with a curly bracket or "lorem ipsum" discarded."""
    drops = set()
    if re.search("lorem ipsum", text, re.I):
        drops.add("lorem-ipsum")
    if "{" in text:
        drops.add("curly-bracket")
    return edited(text, _fate, "citation", frozenset(drops))


def _fate(line: str) -> Fate:
    if any(len(word) > 1000 for word in words(line, frozenset())):
        return line, "long-word"
    line = CITATION.sub("", line).strip()
    if not line.endswith((".", "?", "!", '"', "”")) or line.endswith("..."):
        return line, "no-terminal"
    if len(words(line, frozenset())) < 5:
        return line, "few-words"
    if re.search("javascript", line, re.I):
        return line, "javascript"
    if POLICY.search(line):
        return line, "policy"
    return line, None


def clean_as_datatrove(text: str, split: Callable[[str], list[str]]) -> tuple[str, frozenset[str]]:
    """The page as C4QualityFilter leaves it before it counts sentences, and why it is dropped."""
    kept, drops = [], set()
    for line in split(text):
        line = line.strip()
        number = len(line.split())
        if any(len(word) > 1000 for word in line.split()):
            continue
        line = CITATION.sub("", line)
        if not line.endswith((".", "?", "!", '"', "'")) or line.endswith("..."):
            continue
        if number < 3:
            continue
        if re.search("lorem ipsum", line, re.I):
            drops.add("lorem-ipsum")
        if re.search("javascript", line, re.I):
            continue
        if "{" in line:
            drops.add("curly-bracket")
        if not POLICY.search(line):
            kept.append(line.strip())
    return "\n".join(kept).strip(), frozenset(drops)


_EAST = "。．！？｡"
_CLOSING = r"[\p{Pe}\p{Pf}\p{Pi}\"'*_]"
_OTHER = r"[^\p{Sentence_Terminal}\s\x1c-\x1f\p{Pe}\p{Pf}\p{Pi}\"'*_]"
_SPACE = r"[\s\x1c-\x1f]"
_END = regex.compile(
    # An East Asian terminal needs no white space behind it.
    rf"[{_EAST}]{_CLOSING}*(?:{_SPACE}|(?={_OTHER}))"
    # No period behind a single capital, and none before a lower-case letter.
    rf"|(?:(?![{_EAST}.…])\p{{Sentence_Terminal}}"
    rf"|(?<!(?<![\p{{L}}\p{{Nd}}])\p{{Lu}})\.(?!{_CLOSING}*{_SPACE}(?:{_CLOSING}|{_SPACE})*\p{{Ll}}))"
    rf"{_CLOSING}*{_SPACE}(?:{_CLOSING}|{_SPACE})*(?={_OTHER})"
)


def sentences(text: str, _: Choices) -> float:
    """Sentences by the end of a line, or a terminal with white space behind it."""
    number = 0
    for line in text.split("\n"):
        *ended, rest = _END.split(line)
        number += len(ended) + bool(rest.strip())
    return number


def characters(text: str, _: Choices) -> float:
    """Characters of a page, white space at its ends not counted."""
    return len(text.strip())


def bad_words(text: str, _: Choices) -> float:
    """Whether an entry of a list stands between characters that are no letters."""
    entries = "|".join(BAD_WORDS)
    return float(bool(regex.search(rf"(?<!\p{{L}})(?:{entries})(?!\p{{L}})", text, regex.I)))


READINGS = {
    "few-sentences": Reading(sentences, below(3)),
    "long-page": Reading(characters, above(190_000)),
    "bad-words": Reading(bad_words, above(0)),
}
DATATROVES = {"few-sentences": Reading(sentences, below(5))}
