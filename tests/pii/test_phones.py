"""Telephone numbers are those of Presidio's recognizer, for much less work."""

from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from curate.pii import dialling
from curate.pii.bare_numbers import bare_patterns
from curate.pii.finder import Finder, Finding
from curate.pii.numbering import numbering
from curate.pii.phones import PhoneFinder
from tests.pii.engine import engine, told
from tests.pii.phone_texts import phone_texts

ENTITY = ["PHONE_NUMBER"]
THEIRS = engine(ENTITY)
OURS = Finder(ENTITY, 0.0)
REGIONS = PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS
GENERATED = settings(
    max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def found(text: str) -> list[Finding]:
    return [each for _, _, findings in OURS.find(pa.array([text])) for each in findings]


@GENERATED
@given(phone_texts())
def test_numbers_are_those_of_presidio(text: str) -> None:
    assert found(text) == told(THEIRS, text, ENTITY, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("in 1685 and 2008", id="a pager number of four digits"),
        pytest.param("201 5550 int. 3", id="letters of an extension that stand for digits"),
        pytest.param("12 #1234567892015550123", id="behind an extension of nine digits"),
        pytest.param("030 901820 and 30 901820", id="a prefix that must be there"),
        pytest.param("2012-01-02 08:00, 2012-01-02 08", id="a time stamp"),
        pytest.param("+49 30 901820/901821 x/x2", id="a second number"),
        pytest.param("a2125550123, 2125550123%, (2125550123)", id="what stands beside"),
        pytest.param("2125550123 0309018200 2125550124", id="many regions in one candidate"),
    ],
)
def test_numbers_in_odd_places_are_those_of_presidio(text: str) -> None:
    assert found(text) == told(THEIRS, text, ENTITY, 0.0)


@GENERATED
@given(st.text("0123456789", min_size=3, max_size=16), st.sampled_from(REGIONS))
def test_digits_ruled_out_are_no_number(digits: str, region: str) -> None:
    for written in (digits, numbering(region).code + digits, "0" + digits, "1" + digits):
        if dialling._valid(written, region):
            assert dialling._may_be(written, region)


@GENERATED
@given(st.text("0123456789", min_size=3, max_size=15), st.sampled_from(REGIONS))
def test_a_number_that_is_valid_without_a_prefix_has_a_bare_pattern(
    digits: str, region: str
) -> None:
    plan = numbering(region)
    begins = f"{plan.abroad}|{plan.prefix}|{plan.code}"
    if dialling._valid(digits, region) and not regex.match(begins, digits):
        assert any(regex.fullmatch(each, digits) for each in bare_patterns(region))


def test_a_text_is_given_up_where_phonenumbers_does() -> None:
    finder = PhoneFinder(PhoneRecognizer(supported_regions=("US",)))
    number = "(212) 555-0123"
    assert len(finder.analyze("1, " * 65_534 + number, ENTITY)) == 1
    assert finder.analyze("1, " * 65_535 + number, ENTITY) == []


def test_a_recognizer_that_takes_what_is_only_possible_is_asked_itself() -> None:
    recognizer: Any = PhoneRecognizer(leniency=0)
    text = "call 555 012 3456 or 0123 4567"
    spans = [(each.start, each.end) for each in PhoneFinder(recognizer).analyze(text, ENTITY)]
    assert spans == [(each.start, each.end) for each in recognizer.analyze(text, ENTITY)] != []
