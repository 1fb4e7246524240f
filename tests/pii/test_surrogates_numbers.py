"""Surrogates of numbers keep what tells their kind, and their check digits are right."""

from collections.abc import Mapping
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers import CryptoRecognizer

from curate.patterns.checksums import CHECKSUMS
from curate.pii.recognizers import known_entities
from curate.pii.surrogates import pseudonym
from tests.pii.surrogates import CARDS, IBANS, KEY, NUMBERS, OWN_NUMBERS, WALLETS

KEYS = [f"a key of sixteen bytes {each}".encode() for each in range(4)]
DATES = st.dates(date(1930, 1, 1), date(2039, 12, 31))
BRANDS: Mapping[str, str] = {"4": "4", "3": "37", "5": "55", "6": "6011"}


def form(value: str) -> str:
    """The value with 0 for every digit and x for every letter."""
    return "".join("0" if char.isdigit() else "x" if char.isalpha() else char for char in value)


@given(
    st.integers(10**11, 10**15), st.sampled_from(["4", "34", "37", "51", "2720", "6011", "3528"])
)
@settings(max_examples=200, deadline=None)
def test_a_card_is_of_the_same_brand_and_length_and_fulfils_luhn(number: int, brand: str) -> None:
    value = f"{brand}{number}"
    made = pseudonym(KEY, "CREDIT_CARD", value)
    assert CHECKSUMS["luhn"](made)
    assert len(made) == len(value)
    assert made.startswith(brand[:1] if brand == "4" else brand)


@pytest.mark.parametrize("value", CARDS)
def test_a_card_is_grouped_as_it_was(value: str) -> None:
    made = pseudonym(KEY, "CREDIT_CARD", value)
    assert form(made) == form(value)
    assert made.startswith(BRANDS[value[0]])


@pytest.mark.parametrize("value", IBANS)
@pytest.mark.parametrize("key", KEYS)
def test_an_iban_is_of_the_same_country_and_form_and_its_check_digits_hold(
    key: bytes, value: str
) -> None:
    made = pseudonym(key, "IBAN_CODE", value)
    assert made[:2] == value[:2]
    assert form(made) == form(value)
    assert CHECKSUMS["mod97"](made)


@pytest.mark.parametrize("value", WALLETS)
@pytest.mark.parametrize("key", KEYS)
def test_an_address_of_bitcoin_is_valid_and_of_the_same_kind(key: bytes, value: str) -> None:
    made = pseudonym(key, "CRYPTO", value)
    assert CryptoRecognizer().validate_result(made)
    assert made[:1] == value[:1]
    assert abs(len(made) - len(value)) <= 1


@given(st.integers(0, 10**9 - 1))
@settings(deadline=None)
def test_a_security_number_is_one_that_is_never_given_out(number: int) -> None:
    made = pseudonym(KEY, "US_SSN", f"{number:09d}")
    assert made[:3] == "666" or made[:3] >= "900"
    assert made[3:5] < "50"  # those from 50 on are taxpayer numbers
    assert made[3:5] != "00"
    assert made[5:] != "0000"


@pytest.mark.parametrize("entity", NUMBERS)
@pytest.mark.parametrize("key", KEYS)
def test_a_number_of_a_country_is_right_where_the_value_is(key: bytes, entity: str) -> None:
    value = NUMBERS[entity]
    kind: Any = known_entities()[entity]
    score = kind().analyze(value, [entity])[0].score
    made = pseudonym(key, entity, value)
    (found,) = kind().analyze(made, [entity])[:1]
    assert (found.start, found.end) == (0, len(made))
    assert found.score >= score
    assert [c for c in made if not c.isalnum()] == [c for c in value if not c.isalnum()]


@pytest.mark.parametrize("entity", OWN_NUMBERS)
@pytest.mark.parametrize("key", KEYS)
def test_a_number_of_the_pack_fulfils_its_checksum(key: bytes, entity: str) -> None:
    value, checksum = OWN_NUMBERS[entity]
    assert CHECKSUMS[checksum](value)
    assert CHECKSUMS[checksum](pseudonym(key, entity, value))


@pytest.mark.parametrize(
    ("value", "ranges"),
    [
        ("+1 (212) 736-5000", ("55501",)),
        ("212-736-5000", ("55501",)),
        ("+44 7911 123456", ("7700900",)),
        ("+44 20 8366 1177", ("2079460", "2920180")),
        ("+33 6 12 34 56 78", ("63998",)),
        ("06 12 34 56 78", ("63998",)),
        ("+49 30 12345678", ("3023125", "6990009", "4066969", "8999998")),
        ("+61 2 9374 4000", ("25550", "27010")),
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_a_telephone_number_is_reserved_for_fiction(
    key: bytes, value: str, ranges: tuple[str, ...]
) -> None:
    made = pseudonym(key, "PHONE_NUMBER", value)
    assert form(made) == form(value)
    digits = "".join(filter(str.isdigit, made))
    assert any(each in digits for each in ranges)
    if value.startswith("+"):
        code = phonenumbers.parse(value, None).country_code
        assert phonenumbers.parse(made, None).country_code == code


def test_a_number_of_any_other_country_has_as_many_digits_and_its_first() -> None:
    made = pseudonym(KEY, "PHONE_NUMBER", "+34 912 345 678")
    assert form(made) == form("+34 912 345 678")
    assert made.startswith("+34 9")


def test_a_telephone_number_is_the_same_with_the_country_code_and_an_extension() -> None:
    plain = pseudonym(KEY, "PHONE_NUMBER", "(650) 253-0000")
    assert pseudonym(KEY, "PHONE_NUMBER", "+1 (650) 253-0000") == f"+1 {plain}"
    long = pseudonym(KEY, "PHONE_NUMBER", "(650) 253-0000 ext. 42")
    assert long.startswith(f"{plain} ext. ")


@given(DATES, DATES)
@settings(deadline=None)
def test_intervals_between_dates_and_weekdays_stay(one: date, two: date) -> None:
    first, second = (
        date.fromisoformat(pseudonym(KEY, "DATE_TIME", each.isoformat())) for each in (one, two)
    )
    assert second - first == two - one
    assert first.weekday() == one.weekday()
    assert timedelta(weeks=5) <= one - first <= timedelta(weeks=520)


@pytest.mark.parametrize(
    "format_", ["%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%B %d, %Y", "%d %B %Y", "%Y-%m-%dT08:30:00Z"]
)
def test_a_date_keeps_its_format(format_: str) -> None:
    moved = date.fromisoformat(pseudonym(KEY, "DATE_TIME", "2019-12-24"))
    value = date(2019, 12, 24).strftime(format_)
    assert pseudonym(KEY, "DATE_TIME", value) == moved.strftime(format_)


def test_a_date_that_can_be_read_in_two_ways_is_not_shifted() -> None:
    moved = date.fromisoformat(pseudonym(KEY, "DATE_TIME", "2019-12-24"))
    assert (
        pseudonym(KEY, "DATE_TIME", "12/24/2019") == f"{moved.month}/{moved.day:02d}/{moved.year}"
    )
    assert form(pseudonym(KEY, "DATE_TIME", "3/4/2019")) == "0/0/0000"


def test_addresses_of_machines_are_in_reserved_ranges_and_keep_their_form() -> None:
    assert ip_address(pseudonym(KEY, "IP_ADDRESS", "8.8.8.8")) in ip_network("10.0.0.0/8")
    long = pseudonym(KEY, "IP_ADDRESS", "0:0:0:0:0:0:0:1")
    assert ip_address(long) in ip_network("2001:db8::/32")
    assert pseudonym(KEY, "IP_ADDRESS", "::1") == long
    colons = pseudonym(KEY, "MAC_ADDRESS", "00:1B:44:11:3A:B7")
    dashes = pseudonym(KEY, "MAC_ADDRESS", "00-1b-44-11-3a-b7")
    assert colons == dashes.upper().replace("-", ":")
    assert colons.startswith("02:")


def test_a_page_is_of_one_host_under_example_com() -> None:
    one = pseudonym(KEY, "URL", "https://acme.com/users/jane?x=1")
    two = pseudonym(KEY, "URL", "http://ACME.com/")
    host = two.removeprefix("http://").removesuffix("/")
    assert host.endswith(".example.com")
    assert one.startswith(f"https://{host}/")
    assert form(one.partition(".com")[2]) == form("/users/jane?x=1")


def test_a_uuid_keeps_its_version_and_variant() -> None:
    value = "550E8400-E29B-41D4-A716-446655440000"
    made = pseudonym(KEY, "UUID", value)
    assert len(made) == len(value)
    assert (made[14], made[19]) == ("4", "A")
    assert made == made.upper()
