"""A checksum finds what it was made to find, and takes any string."""

import random
import zlib

import pytest

from curate.patterns.checksums import CHECKSUMS, unknown_checksum
from tests.patterns.tokens import github, grafana

VALID = {
    "bsn": "111222333",
    "cpf": "111.444.777-35",
    "gs1": "756.9217.0769.85",
    "isin": "US0378331005",
    "luhn": "49-015420-323751-8",
    "mod11-2": "0000-0002-1825-0097",
    "mod97": "GB82WEST12345698765432",
    "mod97-10": "5493001KJTIIGC8Y1R12",
    "nir": "255081416802538",
    "verhoeff": "2363",
    "vin": "1M8GDM9AXKP042788",
}
"""Published numbers that fulfil each."""

ODD = (
    *("", " ", "-", "_", ".", "...", "0", "X", "é", "٣٤٥", "½", "A" * 20_000, "9" * 20_000),
    *("🏊\u200d♀️", "e\u0301", "\u202e123", "a.b.c", "ey.ey.x", "\x00", "<" * 44, "ß" * 44),
)


@pytest.mark.parametrize("name", sorted(VALID))
def test_a_single_wrong_digit_is_found(name: str) -> None:
    value, check = VALID[name], CHECKSUMS[name]
    assert check(value)
    for place, char in enumerate(value):
        others = [other for other in "0123456789" if char.isdecimal() and other != char]
        wrong = [value[:place] + other + value[place + 1 :] for other in others]
        # Modulo 11 a remainder of 10 is written as 0, so that a few changes of one digit pass.
        assert sum(map(check, wrong)) <= (1 if name in ("cpf", "bsn") else 0), (place, wrong)


@pytest.mark.parametrize("name", ["verhoeff", "mod97", "mod97-10", "mod11-2"])
def test_neighbours_that_changed_places_are_found(name: str) -> None:
    value, check = VALID[name], CHECKSUMS[name]
    for place in range(len(value) - 1):
        swapped = value[:place] + value[place + 1] + value[place] + value[place + 2 :]
        assert swapped == value or not (swapped[place : place + 2].isdecimal() and check(swapped))


def test_a_machine_readable_zone_holds_four_check_digits() -> None:
    passport = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
    card = "D231458907UTO7408122F1204159<<<<<<<6"
    for line in (passport, card):
        assert CHECKSUMS["mrz"](line)
        for place in (*range(10), *range(13, 20), *range(21, 28), len(line) - 1):
            # A letter counts as its number modulo 10, so that some stand for one another.
            if line[place].isdecimal():
                other = str((int(line[place]) + 1) % 10)
                assert not CHECKSUMS["mrz"](line[:place] + other + line[place + 1 :]), place


def test_the_checksum_of_tokens_is_that_of_their_issuer() -> None:
    draw = random.Random(1)
    for _ in range(50):
        assert CHECKSUMS["crc32-base62"](github("ghp_", draw))
        assert not CHECKSUMS["crc32-base62"](github("ghp_", draw)[:-1] + "!")
        assert CHECKSUMS["crc32-hex"](grafana(draw))
    # An expired token that is published as a sample, in two pieces.
    assert CHECKSUMS["crc32-base62"]("gh" + "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17")
    assert zlib.crc32(b"123456789") == 0xCBF43926


@pytest.mark.parametrize("name", sorted(CHECKSUMS))
def test_any_string_has_an_answer(name: str) -> None:
    for value in ODD:
        assert CHECKSUMS[name](value) in (True, False)


def test_an_unknown_name_is_told_what_is_near() -> None:
    assert "did you mean 'luhn'?" in unknown_checksum("lunh")
    assert "known are bsn, cpf" in unknown_checksum("xyz")
