"""Who and what is named stays the same under a surrogate, in every form that the name takes."""

import pytest
from faker.providers.person.en_US import Provider as English
from faker.providers.person.ru_RU import Provider as Russian
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pii.fakes.scripts import script_of
from curate.pii.surrogates import pseudonym
from tests.pii.surrogates import KEY, OTHER_KEY

FIRST = st.sampled_from(sorted(English.first_names))
LAST = st.sampled_from(sorted(English.last_names))


def person(value: str, key: bytes = KEY) -> str:
    """The surrogate of the name of a person."""
    return pseudonym(key, "PERSON", value)


def place(value: str) -> str:
    """The surrogate of the name of a place."""
    return pseudonym(KEY, "LOCATION", value)


def company(value: str) -> str:
    """The surrogate of the name of a company."""
    return pseudonym(KEY, "ORGANIZATION", value)


@given(FIRST, LAST)
@settings(deadline=None)
def test_a_part_of_a_name_is_the_same_wherever_it_stands(first: str, last: str) -> None:
    whole = person(f"{first} {last}")
    assert whole == f"{person(first)} {person(last)}"
    assert person(f"{last}, {first}") == f"{person(last)}, {person(first)}"
    assert first.casefold() not in whole.casefold().split()
    assert last.casefold() not in whole.casefold().split()


def test_a_name_keeps_its_form() -> None:
    first, last = person("Jane"), person("Doe")
    assert person("JANE DOE") == f"{first} {last}".upper()
    assert person("jane doe") == f"{first} {last}".lower()
    assert person("Jane's") == f"{first}'s"
    assert person("Jane Doe’s") == f"{first} {last}’s"
    assert person("Jane-Doe") == f"{first}-{last}"
    assert person("Dr. Jane van der Doe, Jr.") == f"Dr. {first} van der {last}, Jr."
    initial = person("Jane Q. Doe").split()[1]
    assert len(initial) == 2
    assert initial[0].isupper()
    assert initial[0] != "Q"


def test_a_title_or_a_particle_alone_does_not_stay() -> None:
    assert person("Dr.") != "Dr."
    assert person("von") != "von"


def test_composed_and_decomposed_letters_are_the_same_name() -> None:
    assert person("Jose\u0301") == person("José")


@pytest.mark.parametrize(
    ("names", "own", "others"),
    [
        (English.first_names_female, "first_names_female", English.first_names_male),
        (English.first_names_male, "first_names_male", English.first_names_female),
    ],
)
def test_a_first_name_of_one_gender_becomes_one_of_that_gender(
    names: dict[str, float], own: str, others: dict[str, float]
) -> None:
    only = sorted({*names} - {*others})
    made = {person(name) for name in only[:60]}
    assert made & {*getattr(English, own)}
    assert not made & ({*others} - {*names})


def test_a_last_name_that_tells_the_gender_becomes_one_that_tells_the_same() -> None:
    assert person("Смирнова") in Russian.last_names_female
    assert person("Смирнов") in Russian.last_names_male


@pytest.mark.parametrize(
    "value",
    [
        "Иван Иванов",
        "Γιώργος Παπαδόπουλος",
        "أحمد محمد",
        "דוד כהן",
        "अभय शर्मा",
        "王小明",
        "佐藤花子",
        "サトウ アキラ",
        "김민수",
        "สมชาย ใจดี",
        "గోపాల్",
    ],
)
def test_a_name_is_of_the_script_of_the_value(value: str) -> None:
    made = person(value)
    assert {script_of(char) for char in made if char.isalpha()} == {script_of(value)}
    assert len(made.split()) == len(value.split())
    assert made != value
    assert made != person(value, OTHER_KEY) or len(value) < 3


@pytest.mark.parametrize(
    ("whole", "family", "given_name"),
    [("王小明", "王", "小明"), ("佐藤花子", "佐藤", "花子"), ("김민수", "김", "민수")],
)
def test_parts_of_names_without_spaces_are_the_same_alone(
    whole: str, family: str, given_name: str
) -> None:
    assert person(whole) == person(family) + person(given_name)


def test_an_honorific_stays_behind_a_name() -> None:
    assert person("田中さん") == person("田中") + "さん"


def test_a_mail_address_has_the_surrogates_of_the_names_in_it() -> None:
    first, last = person("Jane").lower(), person("Doe").lower()
    one = pseudonym(KEY, "EMAIL_ADDRESS", "jane.doe@acme.com")
    two = pseudonym(KEY, "EMAIL_ADDRESS", "jane.doe@else.org")
    assert one.startswith(f"{first}.{last}")
    assert one.endswith("@example.com")
    assert two.startswith(f"{first}.{last}")
    assert one != two
    assert pseudonym(KEY, "EMAIL_ADDRESS", "x77@acme.com").startswith("user-")


def test_places_become_places_of_their_kind_and_stay_the_same() -> None:
    from faker.providers.address.en import Provider as Places
    from faker.providers.address.ru_RU import Provider as RussianPlaces

    assert place("Germany") in Places.countries
    assert place("Россия") in RussianPlaces.countries
    assert place("Москва") in RussianPlaces.city_names
    assert place("Springfield, Germany") == f"{place('Springfield')}, {place('Germany')}"
    assert place("SPRINGFIELD") == place("Springfield").upper()


def test_an_address_keeps_the_form_of_its_numbers_and_its_kind_of_street() -> None:
    street, town, state = place("221 Baker Street, Springfield, IL 62704").split(", ")
    number, name, kind = street.split()
    assert len(number) == 3
    assert number[0] != "0"
    assert number != "221"
    assert name != "Baker"
    assert kind == "Street"
    assert town == place("Springfield")
    letters, postcode = state.split()
    assert len(letters) == 2
    assert letters.isupper()
    assert len(postcode) == 5
    assert "baker" not in place("221 baker street")
    assert place("Hauptstraße 5").split()[0].endswith("straße")


def test_a_company_is_the_same_with_any_legal_form() -> None:
    name = company("Acme Inc.").removesuffix(" Inc.")
    assert company("Acme Ltd") == f"{name} Ltd"
    assert company("Acme").startswith(f"{name} ")
    assert "Acme" not in name
    assert company("ООО «Ромашка»").startswith("ООО «")
    assert company("株式会社ソニー").startswith("株式会社")
