"""Texts with telephone numbers in them, whole, damaged, and beside what makes them none."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

OUR_CODES = (1, 44, 49, 33, 972, 91, 55)
"""Of the regions that Presidio's recognizer knows."""
SIGNS = (*" -./()x[]~\u2013\u2014\u00a0\u2011\uff0e", " - ", " (", ") ", "xx", "/ ", "+", "#", ",")
BESIDE = (
    *("", " ", "a", "é", "$", "%", "(", "\n", ", ", '"', "7", "0", "+", "\u0663", ":30"),
    *("call me ", "phone: ", "in 1685", "2012-01-02 08", "12/3/2010 ", "211-227 (2003)"),
)
EXTENSIONS = (
    *(" ext. 12", "x12", " #3", " int. 4", " INT-5", " xt 5", " anexo 9", ";ext=7", " - 503#"),
    *(" ext 123456789", "x 123456789", " extension 12345678901234567890", "xxx", " \u0131nt 6"),
)


@cache
def _examples() -> list[Any]:
    """One number of each type of each region, those of our codes many times as often."""
    import phonenumbers

    found = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in range(11)
    ]
    known = [number for number in found if number is not None]
    return known + 8 * [number for number in known if number.country_code in OUR_CODES]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number as it may be written, with some characters changed."""
    import phonenumbers

    number = draw(st.sampled_from(_examples()))
    national = phonenumbers.national_significant_number(number)
    formats = phonenumbers.PhoneNumberFormat
    written = draw(
        st.sampled_from(
            [
                phonenumbers.format_number(number, formats.NATIONAL),
                phonenumbers.format_number(number, formats.INTERNATIONAL),
                *(f"{prefix}{national}" for prefix in ("", "0", "1", "00", "0 ", "(0)")),
                *(f"{abroad}{number.country_code}{national}" for abroad in ("", "00", "011")),
                f"{number.country_code} (0) {national}",
            ]
        )
    )
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(written)))
        put = draw(st.sampled_from((*SIGNS, *"0123456789", "")))
        written = written[:place] + put + written[place + draw(st.integers(0, 1)) :]
    return written


def phone_texts() -> st.SearchStrategy[str]:
    """Some numbers, with something beside them, or digits alone."""
    digits = st.text("0123456789" * 3 + " -./()x+", min_size=3, max_size=30)
    number = st.one_of(numbers(), numbers(), digits)
    end = st.one_of(st.sampled_from(BESIDE), st.sampled_from(EXTENSIONS), st.just(""))
    piece = st.tuples(st.sampled_from(BESIDE), number, end, st.sampled_from(BESIDE))
    return st.lists(piece.map("".join), min_size=1, max_size=3).map("".join)
