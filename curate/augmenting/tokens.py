r"""Tokens as nlpaug has them: runs of letters, digits and underscores, and every other sign alone.

`\w` and white space are those of Python's `re`.
"""

import re
from collections.abc import Sequence
from typing import Final

_PARTS: Final = re.compile(r"(\w+|[^\w\s])")

_STOP: Final = re.compile(r"[.,:;?!%]+")
_OPENING: Final = re.compile(r"\s([\[({<])\s")
_CLOSING: Final = re.compile(r"\s([\])}>])\s")
_FOLLOWS: Final = " '\"`"
_STOPS: Final = ".,:;?!%"


def parted(text: str) -> list[str]:
    """A text as the gaps between its tokens and the tokens, in turn, a gap first and last.

    >>> parted("I can't.")
    ['', 'I', ' ', 'can', '', "'", '', 't', '', '.', '']
    """
    return _PARTS.split(text)


def joined(parts: list[str], tokens: Sequence[str]) -> str:
    """The text with other tokens in the places of its own; an empty one takes a gap with it.

    `parts` is changed. The gap is that before the token, or behind it where it is the first.

    >>> joined(parted("I can't, no."), ["I", "can", "'", "t", ",", "", "."])
    "I can't,."
    """
    parts[1::2] = tokens
    if "" in tokens:
        begun = False
        for place in range(1, len(parts), 2):
            if parts[place]:
                begun = True
            else:
                parts[place - 1 if begun else place + 1] = ""
    return "".join(parts)


def detokenized(tokens: Sequence[str]) -> str:
    """Tokens as a text with nlpaug's own spacing, which is not that of the text they come from.

    >>> detokenized(["I", "can", "'", "t", ",", "(", "no", ")", "."])
    "I can ' t, (no )."
    """
    text = " ".join(filter(None, tokens))
    text = _closed_up(text)
    body = text.rstrip(_STOPS)
    if body != text and body[-1:].isspace():
        text = body[:-1] + text[len(body) :]
    if any(map(text.__contains__, "[({<")):
        text = _OPENING.sub(r" \1", text)
    if any(map(text.__contains__, "])}>")):
        text = _CLOSING.sub(r"\1 ", text)
    return text.strip()


def _closed_up(text: str) -> str:
    """Without white space before stops that a space or a quotation mark follows.

    What follows does not count as white space before the next stop. A pattern of all this would
    begin at every space.
    """
    parts, last, free = [], 0, 0
    for stop in _STOP.finditer(text):
        start, end = stop.span()
        follows = text[end : end + 1]
        if start > free and follows and follows in _FOLLOWS and text[start - 1].isspace():
            parts.append(text[last : start - 1])
            last, free = start, end + 1
    return "".join([*parts, text[last:]]) if parts else text


def case_of(word: str) -> str:
    """`empty`, `capitalize`, `upper`, `lower`, `mixed` or `unknown`, as nlpaug tells them apart."""
    if not word:
        return "empty"
    if word.isupper():
        return "capitalize" if len(word) == 1 else "upper"
    if word.islower():
        return "lower"
    if any(map(str.isupper, word[1:])):
        return "mixed"
    return "capitalize" if word[0].isupper() else "unknown"


def aligned(old: str, new: str) -> str:
    """A word in lower case with a capital where the word in whose place it stands has one."""
    if case_of(old) == "capitalize" and case_of(new) == "lower":
        return new.capitalize()
    return new
