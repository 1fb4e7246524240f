"""A surrogate depends on key, entity and value alone, is never the value, and is known for one."""

import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pii.fakes.form import bare
from curate.pii.recognised import Surrogates
from curate.pii.second import KINDS, sightings
from curate.pii.surrogates import pseudonym
from tests.pii.surrogates import KEY, OTHER_KEY, VALUES

ENTITIES = sorted({entity for entity, _ in VALUES})
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text("ab'’-., \u0301\u200d\u202e😀אعक王김ßſİ٣²", max_size=12),
    st.sampled_from([value for _, value in VALUES]),
)


@given(st.sampled_from(ENTITIES), TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_text_has_a_surrogate_that_is_another_text(entity: str, value: str) -> None:
    made = pseudonym(KEY, entity, value)
    assert made
    assert bare(made) != bare(value)
    assert pseudonym.__wrapped__(KEY, entity, value) == made


@pytest.mark.parametrize(("entity", "value"), VALUES)
def test_another_key_gives_another_surrogate(entity: str, value: str) -> None:
    assert pseudonym(KEY, entity, value) != pseudonym(OTHER_KEY, entity, value)


@pytest.mark.parametrize(("entity", "value"), VALUES)
def test_case_does_not_count(entity: str, value: str) -> None:
    if entity != "CRYPTO":  # of which base 58 tells letters apart by case
        small = pseudonym(KEY, entity, value.lower())
        assert small.casefold() == pseudonym(KEY, entity, value).casefold()


@pytest.mark.parametrize(("entity", "value"), VALUES)
def test_punctuation_of_numbers_does_not_count(entity: str, value: str) -> None:
    if entity in ("CREDIT_CARD", "IBAN_CODE", "US_SSN", "UK_NHS", "AU_ABN", "CH_AHV"):
        plain = "".join(filter(str.isalnum, value))
        assert bare(pseudonym(KEY, entity, value)) == bare(pseudonym(KEY, entity, plain))


def test_another_process_makes_the_same_surrogates_in_another_order() -> None:
    code = (
        "import json, sys; from curate.pii.surrogates import pseudonym; key = b'0123456789abcdef'; "
        "print(json.dumps([pseudonym(key, *each) for each in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(VALUES[::-1]),
        env={**os.environ, "PYTHONHASHSEED": "1" if sys.flags.hash_randomization else "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)[::-1] == [pseudonym(KEY, *each) for each in VALUES]


def test_surrogates_without_lists_are_those_of_every_release() -> None:
    assert pseudonym(KEY, "CREDIT_CARD", "4012-8888-8888-1881") == "4269-8300-2470-9543"
    assert pseudonym(KEY, "US_SSN", "078-05-1120") == "981-41-3423"
    assert pseudonym(KEY, "IBAN_CODE", "GB29NWBK60161331926819") == "GB08XOVK10198886994646"


def test_what_the_second_detector_finds_of_surrogates_is_known_for_one() -> None:
    keys = [f"a key of sixteen bytes {each}".encode() for each in range(10)]
    made = [pseudonym(key, *each) for key in keys for each in VALUES]
    known = Surrogates(frozenset(made))
    texts = pa.array([f"He said {one}, and then" for one in made])
    found = list(sightings(texts, dict.fromkeys(KINDS, 0.0)))
    assert {"CREDIT_CARD", "IBAN_CODE", "CRYPTO", "EMAIL_ADDRESS", "MAC_ADDRESS"} <= {
        one.entity for one in found
    }
    assert [one for one in found if not known.have(one.value)] == []


def test_a_value_without_letters_and_digits_is_named_by_its_entity() -> None:
    assert pseudonym(KEY, "PERSON", "😀") == "<PERSON>"
    assert pseudonym(KEY, "PERSON", "") == "<PERSON>"


def test_what_is_not_of_its_entity_keeps_its_form() -> None:
    made = pseudonym(KEY, "EMPLOYEE_NUMBER", "Ab-12 ж٣")
    assert [char.isalpha() for char in made] == [char.isalpha() for char in "Ab-12 ж٣"]
    assert made[0].isupper()
    assert made[2] == "-"
    assert "а" <= made[6] <= "я"
    assert "٠" <= made[7] <= "٩"
