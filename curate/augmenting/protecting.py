"""What of a text must stay when it is reworded, so that it still means the same.

Every kind is found in time linear in the text: by RE2, or by scanning once. Too much rather than
too little is kept: a capitalised word that is no name costs one chance to reword it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, get_args
from unicodedata import category

from curate.augmenting.protected_code import code
from curate.augmenting.protected_marks import mail, math, placeholders, tags, urls
from curate.augmenting.protected_names import names
from curate.augmenting.protected_numbers import numbers

Kind = Literal["code", "url", "mail", "number", "name", "placeholder", "tag", "math"]
"""What stays: fenced and inline code, paths and identifiers; URLs and domains; mail addresses;
numbers with their signs, units and currencies; names, as far as capitals tell them; placeholders
of templates; tags and entities of HTML and XML; formulas of LaTeX."""

Stretch = tuple[int, int]
"""Code points [start, end) of a text."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_FINDERS: Final[dict[Kind, Callable[[str], Iterable[Stretch]]]] = {
    "code": code,
    "url": urls,
    "mail": mail,
    "number": numbers,
    "name": names,
    "placeholder": placeholders,
    "tag": tags,
    "math": math,
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")


def protected(text: str, words: Sequence[str] = (), kinds: Sequence[Kind] = KINDS) -> list[Stretch]:
    """The stretches of a text that must stay, as code points [start, end), merged and sorted.

    `words` are texts that must stay wherever they stand as whole words, whatever their case, such
    as the reference answer of a question. A stretch never parts a letter from its accents, nor an
    emoji from what it is joined with.

    >>> text = "Mail Ann Lee 5 kg by `cp`, see https://a.org."
    >>> [text[start:end] for start, end in protected(text)]
    ['Mail Ann Lee', '5 kg', '`cp`', 'https://a.org']
    >>> [text[start:end] for start, end in protected(text, ["see"], kinds=["number"])]
    ['5 kg', 'see']
    """
    if not text.isascii():
        # RE2 reads UTF-8, which a lone half of a surrogate pair cannot be written in.
        text = _SURROGATE.sub("\ufffd", text)
    found = [stretch for kind in kinds for stretch in _FINDERS[kind](text)]
    found += _given(text, words)
    if text.isascii():
        return merged(found)
    return merged([_whole(text, start, end) for start, end in found])


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches sorted, those that touch or overlap as one, empty ones left out.

    >>> merged([(5, 7), (0, 2), (2, 3), (6, 9), (4, 4)])
    [(0, 3), (5, 9)]
    """
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if start == end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _whole(text: str, start: int, end: int) -> Stretch:
    """A stretch, widened so that no combining character or joined emoji is cut."""
    while start and (_hangs(text[start]) or text[start - 1] == "\u200d"):
        start -= 1
    while end < len(text) and (_hangs(text[end]) or text[end - 1] == "\u200d"):
        end += 1
    return start, end


def _hangs(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    return (
        character in _JOINERS
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or (category(character)[0] == "M")
    )


def _given(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where given texts stand as whole words, whatever their case."""
    lowered = text.lower()
    exact = len(lowered) != len(text)
    for word in dict.fromkeys(words):
        wanted = word.strip() if exact else word.strip().lower()
        looked = text if exact else lowered
        start = looked.find(wanted) if wanted else -1
        while start >= 0:
            end = start + len(wanted)
            if _is_whole(looked, start, end):
                yield start, end
            start = looked.find(wanted, end)


def _is_whole(text: str, start: int, end: int) -> bool:
    parted = not (text[start - 1 : start].isalnum() and text[start].isalnum()) or not start
    return parted and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
