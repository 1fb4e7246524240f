"""Names, as far as capitals tell them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from curate.augmenting.stop_words import STOP_WORDS

_CAPITAL: Final = r"[{capitals}]\w*(?:['’&-][^\W\d_]\w*)*"
"""A word from its first capital on."""
_LINKS: Final = frozenset(
    ["of", "the", "de", "la", "del", "der", "den", "du", "di", "da", "van", "von", "and", "for"]
)
"""Small words within a name."""
_TITLES: Final = frozenset(
    ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Sr", "Jr", "Sen", "Rep", "Gen", "Col", "Lt", "Capt"]
)
_ENDS: Final = frozenset(".!?:;…。！？：；।؟")
_LEADING: Final = frozenset(" \t\"'“”‘’«»„([{*_#>•·–—-|")
_NEXT: Final = re.compile(r" ([a-z]{2,20})\b")
_DOES: Final = re.compile(r"[a-z]+(?:[^su]s|ed)")
"""A verb in the third person or the past, or a plural: too much is kept rather than too little."""
_VERBS: Final = frozenset(
    (
        *("is", "was", "has", "had", "will", "would", "can", "could", "did", "and", "bought"),
        *("sold", "went", "gave", "got", "made", "took", "saw", "said", "ran", "ate", "left"),
        *("found", "came", "told", "read", "spent", "won", "lost", "kept", "put", "wrote"),
    )
)
_LONGEST_LINK: Final = 20
_MOST_SHOUTED: Final = 3
"""Words in capitals in a row that may be a name; more are shouted."""


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    opens: bool
    """Whether a sentence begins with it."""


def names(text: str) -> list[tuple[int, int]]:
    """Capitalised runs that do not only begin a sentence, and words with capitals within.

    A word that begins a sentence counts if a second follows, if it is a name elsewhere, or if it
    owns or does something, as far as the next word tells; not one that carries grammar.
    """
    runs = list(_runs(text))
    known = {word.text for run in runs for word in run if not word.opens}
    found = []
    for run in runs:
        if all(word.text.isupper() for word in run) and len(run) > _MOST_SHOUTED:
            continue
        first = run[0]
        if len(run) == 1 and (len(first.text) == 1 or first.text[:2] in ("I'", "I’")):
            continue
        alone = len(run) == 1 and first.opens
        if not alone or first.text in known or _is_name(first, text):
            found.append((first.start, run[-1].end))
    return found


def _is_name(word: _Word, text: str) -> bool:
    """Whether a word that begins a sentence is a name, by its form or by what follows."""
    if word.text[1:] != word.text[1:].lower():
        return True
    if word.text.lower() in STOP_WORDS:
        return False
    if word.text.endswith(("'s", "’s")):
        return True
    verb = _NEXT.match(text, word.end)
    return verb is not None and (verb[1] in _VERBS or bool(_DOES.fullmatch(verb[1])))


def _runs(text: str) -> Iterator[list[_Word]]:
    """Words with capitals that follow each other, small words such as `of` between them."""
    run: list[_Word] = []
    before = 0
    for match in _capitals(text.isascii()).finditer(text):
        start, end = match.span()
        while start > before and text[start - 1].isalnum():
            start -= 1
        joined = bool(run) and _is_joint(text[before:start], run[-1].text)
        if run and not joined:
            yield run
            run = []
        run.append(_Word(start, end, text[start:end], not joined and _opens(text, before, start)))
        before = end
    if run:
        yield run


@cache
def _capitals(ascii_alone: bool) -> re.Pattern[str]:
    points = range(128) if ascii_alone else range(0x110000)
    signs = (chr(point) for point in points)
    return re.compile(_CAPITAL.format(capitals="".join(c for c in signs if c.lower() != c)))


def _is_joint(gap: str, word: str) -> bool:
    """Whether what stands between two words, of which `word` is the first, joins them."""
    if gap in (" ", "-", " & ", "’", "\u00a0"):
        return True
    if gap in (". ", "."):
        return len(word) == 1 or word in _TITLES
    linked = gap[:1] == gap[-1:] == " " and len(gap) < _LONGEST_LINK
    return linked and all(small in _LINKS for small in gap[1:-1].split(" "))


def _opens(text: str, before: int, start: int) -> bool:
    """Whether a sentence, a line or a quotation begins at a place; `before` ends the last word."""
    for place in range(start - 1, before - 1, -1):
        sign = text[place]
        if sign == "\n" or sign in _ENDS or sign in '"“«„':
            return True
        if sign not in _LEADING:
            return False
    return before == 0
