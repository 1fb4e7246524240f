"""How far the keywords around a place lie from it at most, told without cutting the text.

spaCy leaves a stretch of ASCII letters between white space as one word, unless a rule of its
tokenizer covers it, and such a word is a keyword unless it is a stop word. Where enough of them
stand beside a place, what lies beyond is never looked at.
"""

import re
from functools import cache, lru_cache
from typing import Final

from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine

_REMEMBERED: Final = 1 << 16
_LOOKED_AT: Final = 240
"""Characters on either side of a place; without enough words among them all of the text counts."""
_CLOSE: Final = 120
"""The same, looked at first."""
_LETTERS: Final = re.compile(r"(?<!\S)[A-Za-z]+(?=\s)")


def reach(text: str, place: int, before: int, behind: int) -> tuple[int, int]:
    """[low, high) of a text with its first keywords before and behind a place.

    The word at the place is one of them where it is a keyword.
    """
    low = 0
    for looked_at in (_CLOSE, _LOOKED_AT):
        near = _LETTERS.finditer(text, max(0, place - looked_at), place)
        begins = [found.start() for found in near if _is_keyword(found[0])]
        if len(begins) >= before:
            low = begins[-before]
            break
    for found in _LETTERS.finditer(text, place, place + _LOOKED_AT):
        behind -= _is_keyword(found[0])
        if not behind:
            return low, found.end()
    return low, len(text)


def without_stop_words(stretches: str, lowered: str) -> str:
    """Some stretches of a text without the stop words that are no keywords in it.

    `lowered` is the text in lower case. A part of a longer word beside a colon is a keyword too,
    and makes one of the same word elsewhere.
    """

    def left(found: re.Match[str]) -> str:
        letters = found[0]
        if not _is_stop_word(letters):
            return letters
        low = letters.lower()
        return letters if f":{low}" in lowered or f"{low}:" in lowered else ""

    return _LETTERS.sub(left, stretches)


@lru_cache(_REMEMBERED)
def _is_stop_word(letters: str) -> bool:
    rules, stop_words = _exceptions()
    return letters not in rules and letters.lower() in stop_words


@lru_cache(_REMEMBERED)
def _is_keyword(letters: str) -> bool:
    """Whether letters between white space are a keyword wherever they stand."""
    rules, stop_words = _exceptions()
    return letters not in rules and letters != "be" and letters.lower() not in stop_words


@cache
def _exceptions() -> tuple[str, frozenset[str]]:
    """The texts of all rules, one behind the other, and the stop words."""
    nlp = word_engine().nlp[LANGUAGE]
    return "\n".join(nlp.tokenizer.rules), frozenset(nlp.Defaults.stop_words)
