"""Texts with something in them that looks like personal data, and is, or is nearly."""

from functools import cache
from typing import Any

import regex
from hypothesis import strategies as st

from curate.pii.recognizers import known_entities, recognizers

VALID = (
    "4012-8888-8888-1881",
    "378282246310005",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "192.168.7.1",
    "::1",
    "fe80::1ff:fe23:4567:890a",
    "::",
    "jo.brown@example.co.uk",
    "ſmith@Kelvin.org",
    "a@b",
    "ä@ü.de",
    "00:1B:44:11:3A:B7",
    "078-05-1120",
    "536904399",
    "123 45 6789",
    "(212) 555-0123",
    "+44 20 7946 0958",
    "030 901820",
    "0049 30 901820",
    "+1 650-253-0000 ext. 42",
    "٠٣٠ ٩٠١٨٢٠",
    "212x555x0123",
    "1/2/2003",
    "2019-12-01",
    "http://a.museum/x?y",
    "www.ıstanbul.com.tr",
    "2008-2009",
    "+290 23456",
    "91 98765 43210",
    "tel. 16 41 23",
    "650–253–0000",
    "（212）5550123",
    "12:34",
    "2012-01-02 08:00",
    "12345678901234567890123",
)
WORDS = (
    "phone",
    "ssn",
    "card",
    "iban",
    "call me at",
    "claim #",
    "rx:",
    "ext",
    "x",
    "#",
    "é",
    "中文",
)
BETWEEN = (
    "",
    " ",
    "\n",
    ", ",
    ".",
    "-",
    "/",
    "(",
    ")",
    "'",
    '"',
    "$",
    ":",
    "a",
    "ß",
    "\u2014",
    "\u00a0",
)


@cache
def _patterns() -> tuple[Any, ...]:
    """Every pattern of every recognizer, for Python's own `re` where it can be read by it."""
    import re

    found = []
    for each in recognizers(list(known_entities())):
        for pattern in getattr(each, "patterns", ()):
            try:
                found.append(re.compile(pattern.regex, re.IGNORECASE | re.MULTILINE | re.DOTALL))
            except re.error:
                continue
    return tuple(found)


def of_patterns() -> st.SearchStrategy[str]:
    """What one of the recognizers' patterns matches."""
    short = [each for each in _patterns() if len(each.pattern) < 400]
    return st.sampled_from(short).flatmap(lambda each: st.from_regex(each, fullmatch=True))


def numbers() -> st.SearchStrategy[str]:
    """Digits and what stands between them in telephone numbers."""
    piece = st.one_of(
        st.text("0123456789", min_size=1, max_size=6), st.sampled_from([*" -.()/+x–,", "٣"])
    )
    return st.lists(piece, min_size=2, max_size=9).map("".join)


def texts() -> st.SearchStrategy[str]:
    """Some of all that, one behind the other."""
    piece = st.one_of(
        st.sampled_from(VALID),
        of_patterns(),
        numbers(),
        st.sampled_from(WORDS),
        st.text(max_size=6),
    )
    joined = st.tuples(piece, st.sampled_from(BETWEEN)).map("".join)
    whole = st.lists(joined, min_size=1, max_size=5).map("".join)
    return whole.filter(lambda text: not regex.search(r"[\ud800-\udfff]", text))
