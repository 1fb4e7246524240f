"""No digits that are a telephone number are passed over, compiled or not."""

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from curate.pii import dialling
from curate.pii.digit_automaton import ACCEPTS, START
from curate.pii.numbering import numbering
from curate.pii.phone_digits import PhoneDigits
from curate.pii.phone_gate import phone_digits
from tests.pii.phone_texts import phone_texts

REGIONS = tuple(PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS)
DIGITS = PhoneDigits(REGIONS)
GENERATED = settings(
    max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def places(texts: list[str], compiled: bool) -> list[list[int]]:
    raw = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, raw)])
    found: list[list[int]] = DIGITS.places(
        np.frombuffer(b"".join(raw), np.uint8), ends, compiled
    ).tolist()
    return found


@GENERATED
@given(st.text("0123456789", min_size=3, max_size=14), st.sampled_from(REGIONS))
def test_valid_digits_are_accepted(digits: str, region: str) -> None:
    table, plan = phone_digits(REGIONS), numbering(region)
    for before in ("", "0", "00", "1", plan.code, f"{plan.code}0", f"00{plan.code}", "01531"):
        state = START
        for digit in before + digits:
            state = table[state, int(digit)]
        if dialling._valid(before + digits, region):
            assert table[state, ACCEPTS]


@GENERATED
@example(["1", "0 0x", "+"])
@given(st.lists(phone_texts(), max_size=4))
def test_compiled_code_finds_the_same_places(texts: list[str]) -> None:
    assert places(texts, compiled=True) == places(texts, compiled=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("or (212) 555-0123 or 030 901820.", [4, 21], id="the first and the last"),
        pytest.param("212\u2013555\u00a00123", [0, 0], id="punctuation beyond ASCII"),
        pytest.param("21255501234567", [-1, -1], id="more digits in a row"),
        pytest.param("212 5550123 1", [0, 0], id="more digits behind punctuation"),
        pytest.param("212     5550123", [-1, -1], id="more punctuation than a number has"),
        pytest.param("1234567892125550123", [7, 9], id="behind an extension of nine digits"),
        pytest.param("212\u4e2d5550123", [-1, -1], id="another character between"),
        pytest.param("r-00000123", [-1, -1], id="a counter"),
        pytest.param("", [-1, -1], id="nothing"),
    ],
)
def test_where_numbers_may_begin(text: str, found: list[int]) -> None:
    for compiled in (True, False):
        assert places([text, "8"], compiled) == [found, [-1, -1]]


@GENERATED
@given(phone_texts(), st.sampled_from(REGIONS))
def test_a_number_that_names_its_country_is_not_ruled_out(text: str, region: str) -> None:
    digits = "".join(filter(str.isdecimal, text))
    if digits.isascii() and len(digits) > 3 and dialling._valid(f"+{digits}", region):
        assert region in dialling._of_digits(f"+{digits}", (region,))
