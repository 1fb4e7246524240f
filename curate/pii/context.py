"""The words around a finding, cut out of the text where they stand, not out of the whole of it.

spaCy cuts what stands between white space by itself, but for rules that may reach over it; whether
such a rule applies is settled by the words it covers and by other rules that cover one of these.
So of a part of a text all words but those close to where it was cut are those of the whole.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.pii.reach import reach, without_stop_words
from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine

_REMEMBERED: Final = 1 << 16
_SHORT: Final = 600
"""Characters; a shorter text is cut as a whole."""
_PARTS: Final = (16, 80)
"""Stretches between white space on either side of a place, beyond those close to an end."""
_CHARACTERS: Final = 10
"""In how many characters a stretch is looked for at first."""
_BEGINS, _ENDS = re.compile(r"\s\S"), re.compile(r"\S\s")


class _Part(NamedTuple):
    words: list[str]
    ends: npt.NDArray[np.int64]
    """Where each ends in the text."""
    sure: range
    """Which of them are those of the whole text."""

    @property
    def is_whole(self) -> bool:
        return len(self.sure) == len(self.words)


class Words:
    """The words of a text."""

    def __init__(self, text: str) -> None:
        """Cuts nothing yet."""
        self._text = text
        self._lowered = text.lower()

    def may_support(self, place: int, before: int, behind: int, parts: Iterable[str]) -> bool:
        """Whether a keyword around a place may hold one of some parts, in lower case.

        False for most places where none does, for a fraction of what it takes to cut words.
        """
        # What a letter beyond ASCII is in lower case can depend on those beside it.
        held = [part for part in parts if part in self._lowered or not part.isascii()]
        if not held or len(self._lowered) != len(self._text):
            return bool(held)
        low, high = reach(self._text, place, before + 1, behind + 1)
        near = self._lowered[low:high]
        if any(part in near for part in held):
            near = without_stop_words(self._text[low:high], self._lowered).lower()
        return any(part in near or not part.isascii() for part in held)

    def support(
        self, place: int, before: int, behind: int, speaks: Callable[[list[str]], bool]
    ) -> bool:
        """Whether keywords around a place speak for a finding; with more of them, no less so.

        They are in lower case, and those that `LemmaContextAwareEnhancer` takes: in either
        direction one more than asked for, from the word at the place on, which is the first in
        both if it is a keyword.
        """
        for stretches in _PARTS if len(self._text) > _SHORT else ():
            part = _part(self._text, place, stretches + _close())
            around = self._around(part, place, before, behind)
            if around is None:
                continue
            if speaks(around.certain):
                return True
            if not speaks(around.possible):
                return False
        whole = self._around(self._whole, place, before, behind)
        return whole is not None and speaks(whole.certain)

    @cached_property
    def _whole(self) -> _Part:
        return _cut(self._text, 0, len(self._text))

    @cached_property
    def _keywords(self) -> frozenset[str]:
        return frozenset(piece for word in set(self._whole.words) for piece in _pieces(word))

    def _around(self, part: _Part, place: int, before: int, behind: int) -> "_Around | None":
        """The keywords; None where the part does not hold enough."""
        at = int(np.searchsorted(part.ends, place, side="right"))
        sure = part.sure
        if at not in sure:
            return None
        at_first, at_last = sure.start == 0, sure.stop == len(part.words)
        back = self._first(part, range(at, sure.start - 1, -1), before + 1, at_first)
        ahead = self._first(part, range(at, sure.stop), behind + 1, at_last)
        if back is None or ahead is None:
            return None
        return _Around(back.certain + ahead.certain, back.possible + ahead.possible)

    def _first(
        self, part: _Part, places: Iterable[int], count: int, are_all: bool
    ) -> "_Around | None":
        found, unclear, certain = _Around([], []), 0, 0
        for place in places:
            low = part.words[place].lower()
            is_one = low in self._keywords if part.is_whole else self._is_keyword(part.words[place])
            if is_one is False:
                continue
            found.possible.append(low)
            unclear += is_one is None
            certain += is_one is True
            if is_one and certain + unclear <= count:
                found.certain.append(low)
            if certain == count:
                return found
        return found if are_all else None

    def _is_keyword(self, word: str) -> bool | None:
        """Whether it is a keyword of the text; None if only the whole of it tells.

        A word such as "the" is none, but where a longer word holds it beside a colon, all are.
        """
        low = word.lower()
        if low in _pieces(word):
            return True
        beside_colon = f":{low}" in self._lowered or f"{low}:" in self._lowered
        return None if (beside_colon and ":" not in low) or low in _pieces(low) else False


class _Around(NamedTuple):
    """Keywords around a place."""

    certain: list[str]
    """Those that are among the first, whatever the rest of the text holds."""
    possible: list[str]
    """Those that may be."""


def _part(text: str, place: int, stretches: int) -> _Part:
    """The words of at least so many stretches before and behind a place, or all there are."""
    low, high, reach = place, place, stretches * _CHARACTERS
    begins: list[int] = []
    while low > 0 and len(begins) < stretches:
        low, reach = max(0, place - reach), 2 * reach
        begins = [found.start() + 1 for found in _BEGINS.finditer(text, low, place)]
    ends: list[int] = []
    reach = stretches * _CHARACTERS
    while high < len(text) and len(ends) < stretches:
        high, reach = min(len(text), place + reach), 2 * reach
        ends = [found.start() + 1 for found in _ENDS.finditer(text, place, high)]
    first = begins[-stretches] if len(begins) >= stretches else 0
    return _cut(text, first, ends[stretches - 1] if len(ends) >= stretches else len(text))


def _cut(text: str, low: int, high: int) -> _Part:
    """The words of [low, high), where stretches begin and end."""
    nlp = word_engine().nlp[LANGUAGE]
    found = nlp.tokenizer(text[low:high]).to_array(["ORTH", "IDX", "LENGTH"])
    words = [nlp.vocab.strings[orth] for orth in found[:, 0].tolist()]
    last = len(words) if high == len(text) else max(0, len(words) - _close())
    ends = low + (found[:, 1] + found[:, 2]).astype(np.int64)
    return _Part(words, ends, range(0 if low == 0 else _close(), last))


@cache
def _close() -> int:
    """How many words by the end of a part may be others than those of the whole.

    A rule covers no more words than it has characters, and another that covers one of these may
    reach as far again.
    """
    return 2 * max(map(len, word_engine().nlp[LANGUAGE].tokenizer.rules))


@lru_cache(_REMEMBERED)
def _pieces(word: str) -> tuple[str, ...]:
    """The keywords that a word makes."""
    from presidio_analyzer.nlp_engine import NlpArtifacts

    return tuple(NlpArtifacts.set_keywords(word_engine(), [word], LANGUAGE))
