"""Chat records with personal data of many kinds, and what was planted in each."""

import json
import random
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from faker import Faker

ENTITIES: Final = (
    *("CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS"),
    *("PHONE_NUMBER", "US_SSN", "US_ITIN", "UK_NHS", "UK_NINO", "ES_NIF", "ES_NIE"),
    *("IT_FISCAL_CODE", "PL_PESEL", "FI_PERSONAL_IDENTITY_CODE", "IN_AADHAAR", "AU_ABN"),
    *("AU_TFN", "SG_NRIC_FIN"),
)
BITCOIN: Final = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
ASKED: Final = (
    "Please note {}.",
    "My {} is {}, is that right?",
    "{}: {}",
    "You reach me by {} {}.",
)
TOPICS: Final = ("routers", "invoices", "parcels", "passwords", "heating", "tickets", "gardens")


class Planted(NamedTuple):
    """A record."""

    line: str
    """Of JSON Lines; one in 200 cannot be read."""
    question: str
    values: list[tuple[str, str]]
    """Entity and value of all that stands in it."""


def planted(records: int, seed: int = 3) -> list[Planted]:
    """So many records, always the same."""
    Faker.seed(seed)
    draw, kinds = random.Random(seed), _kinds()
    return [_record(draw, kinds, number) for number in range(records)]


def _kinds() -> dict[str, tuple[str, Callable[[], str]]]:
    """Of each entity how people call it, and what makes a value."""
    us, gb, es, it, pl, fi, de = (
        Faker(each) for each in ("en_US", "en_GB", "es_ES", "it_IT", "pl_PL", "fi_FI", "de_DE")
    )
    return {
        "CREDIT_CARD": ("credit card", us.credit_card_number),
        "CRYPTO": ("bitcoin wallet", lambda: us.random_element(BITCOIN)),
        "EMAIL_ADDRESS": ("mail", us.ascii_safe_email),
        "IBAN_CODE": ("iban", de.iban),
        "IP_ADDRESS": ("ip", us.ipv4),
        "MAC_ADDRESS": ("mac address", us.mac_address),
        "PHONE_NUMBER": ("phone", gb.phone_number),
        "US_SSN": ("social security number", us.ssn),
        "US_ITIN": ("itin", us.itin),
        "UK_NHS": ("nhs number", _nhs),
        "UK_NINO": ("national insurance number", gb.ssn),
        "ES_NIF": ("nif", es.nif),
        "ES_NIE": ("nie", es.nie),
        "IT_FISCAL_CODE": ("codice fiscale", it.ssn),
        "PL_PESEL": ("pesel", pl.ssn),
        "FI_PERSONAL_IDENTITY_CODE": ("hetu", fi.ssn),
        "IN_AADHAAR": ("aadhaar", Faker("en_IN").aadhaar_id),
        "PHONE_NUMBER_US": ("telephone", us.basic_phone_number),
    }


def _nhs() -> str:
    """Ten digits, the last a check digit (NHS Data Dictionary, modulus 11)."""
    while True:
        digits = [random.Random(Faker().random_int(0, 10**9)).randrange(10) for _ in range(9)]
        check = -sum((10 - place) * digit for place, digit in enumerate(digits)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))


def _record(draw: random.Random, kinds: dict[str, Any], number: int) -> Planted:
    chosen = [(name, *kinds[name]) for name in draw.sample(list(kinds), draw.choice((0, 1, 1, 2)))]
    values = [(name.removesuffix("_US"), word, make()) for name, word, make in chosen]
    topic = f"{draw.choice(TOPICS)} {draw.randrange(10**6)}"
    said = [draw.choice(ASKED[1:]).format(word, value) for _, word, value in values]
    question = " ".join([f"I have a question about {topic}.", *said, "What should I do now?"])
    answer = f"About {topic}: I noted {' and '.join(v for *_, v in values) or 'nothing'}; wait."
    if number % 11 == 0:
        answer = f"I'm sorry, but I cannot help you with {topic}; {answer}"
    row: dict[str, Any] = {"messages": [_turn("user", question), _turn("assistant", answer)]}
    row |= {"tools": None, "owner": None}
    if values:
        _hide(draw, row, values[0][2])
    line = json.dumps(row, ensure_ascii=number % 2 == 0)
    if number % 200 == 7:
        line = line[:-3]
    return Planted(f"{line}\n", question, [(name, value) for name, _, value in values])


def _hide(draw: random.Random, row: dict[str, Any], value: str) -> None:
    """Put a value where no turn has it."""
    place = draw.randrange(6)
    if place == 0:
        row["contact"] = {"of": [value, {"note": f"see {value}"}]}
    elif place == 1:
        row["owner"] = value
    elif place == 2:
        arguments = json.dumps({"text": f"line\n{value}"})
        called = {"name": "note", "arguments": arguments}
        row["messages"][1]["tool_calls"] = [{"type": "function", "function": called}]
    elif place == 3:
        told = {"name": "note", "description": f"Writes to {value}."}
        row["tools"] = [{"type": "function", "function": told}]


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}
