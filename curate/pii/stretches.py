"""Asking a recognizer of patterns only about those stretches of a text that may hold something.

A match holds no other characters than those that its pattern names, and what the pattern looks
around for are characters that it names too, but for the one beside them at most, which tells of
anchors and word boundaries. So of the longest stretch of such characters, with one more at either
side, all matches within it are known.
"""

from functools import cache, cached_property
from typing import Any, Final

import re2

from curate.hashing import digest
from curate.pii.characters import far_digits
from curate.pii.kept import kept
from curate.pii.pattern_set import MEMORY
from curate.pii.widening import UnreadableError, alphabet

SHORT: Final = 200
"""Characters; a shorter text is searched as a whole."""
_MOST: Final = 4
"""Stretches of a text; one with more of them is searched as a whole."""


class StretchFinder:
    """What one recognizer of patterns finds."""

    def __init__(self, recognizer: Any, gate: str) -> None:
        """`gate` is a pattern of RE2 that matches within everything that the recognizer finds."""
        from presidio_analyzer import PatternRecognizer

        self._recognizer, self._gate = recognizer, gate
        self._is_plain = type(recognizer).analyze is PatternRecognizer.analyze

    def analyze(self, text: str, raw: bytes, entity: str) -> list[Any]:
        """The results of Presidio's recognizer in a text, which is `raw` in UTF-8."""
        ask = self._recognizer.analyze
        stretches = self._stretches(text, raw)
        if stretches is None:
            whole: list[Any] = ask(text, [entity])
            return whole
        found = []
        for start, end in stretches:
            start, end = max(0, start - 1), min(len(text), end + 1)
            for one in ask(text[start:end], [entity]):
                one.start, one.end = one.start + start, one.end + start
                found.append(one)
        return found

    def _stretches(self, text: str, raw: bytes) -> list[tuple[int, int]] | None:
        """[start, end) of each stretch; None for a text to be searched as a whole."""
        if not self._is_plain or len(text) < SHORT or self._stretch is None:
            return None
        is_ascii = len(text) == len(raw)
        # The digits beyond ASCII are in no set of a gate.
        if not is_ascii and _far().search(raw):
            return None
        found: list[tuple[int, int]] = []
        place = 0
        while match := self._stretch.search(raw, place):
            if len(found) == _MOST:
                return None
            start, place = match.span()
            found.append((start, place))
        if is_ascii:
            return found
        return [(len(raw[:start].decode()), len(raw[:end].decode())) for start, end in found]

    @cached_property
    def _stretch(self) -> Any:
        """A pattern of RE2 for a stretch that may hold something; None if there is none."""
        # By its patterns: others may look for an entity of the same name, and a name is no path.
        patterns = [each.regex for each in self._recognizer.patterns]
        flags = str(int(self._recognizer.global_regex_flags))
        key = digest(b"curate.alphabet.1", *(part.encode() for part in (flags, *patterns))).hex()
        named = kept(f"alphabet-{key}", lambda: _alphabet(self._recognizer))
        if not named:
            return None
        options = re2.Options()
        options.max_mem = MEMORY
        around = f"(?:{named})*"
        return re2.compile(f"{around}(?:{self._gate}){around}".encode(), options)


def _alphabet(recognizer: Any) -> str:
    """What matches all that the patterns name, by RE2; nothing if one is not understood."""
    flags = int(recognizer.global_regex_flags)
    try:
        named = {alphabet(each.regex, flags) for each in recognizer.patterns}
    except UnreadableError:
        return ""
    return "|".join(sorted(named))


@cache
def _far() -> Any:
    return re2.compile(kept("far-digits", far_digits).encode())
