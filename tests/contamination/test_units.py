"""Units are what their definition says, wherever they stand."""

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.contamination.units import Unit, compared, units_of
from tests.contamination.reference import places_of

PIECES = [
    *("a", "B", "the", " ", " ", "\n", ".", "...", "…", "!", "?", "。", "世", "界", "カ", "ー"),
    *("ก", "ั", "é", "e\u0301", "1", "#", "-", "–", "’", "'", '"', ")", "$5", "3.5", "½", "²", "™"),
    *(
        "！",
        "\t",
        "\u3000",
        "\u00a0",
        "\u200d",
        "🎈",
        "♀️",
        "ß",
        "İ",
        "Σ",
        "ﬁ",
        "ｶﾞ",
        "ﷺ",
        "\u1100\u1161",
    ),
    *("가", "\u11a8", "don't", "ICE-cream", "\x00", "x" * 70, "one two three "),
]
ANY = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.mark.parametrize("unit", ["word", "character"])
@given(texts=st.lists(st.none() | ANY, max_size=6))
@settings(max_examples=200, deadline=None)
def test_units_are_those_of_the_definition(unit: Unit, texts: list[str | None]) -> None:
    found = units_of(compared(pa.array(texts, pa.string())), unit)
    names: dict[int, str] = {}
    begin = 0
    for text, end in zip(texts, found.ends.tolist(), strict=True):
        expected = places_of(text or "", unit)
        assert found.starts[begin:end].tolist() == [place.start for place in expected]
        assert found.stops[begin:end].tolist() == [place.stop for place in expected]
        for value, place in zip(found.hashes[begin:end].tolist(), expected, strict=True):
            assert names.setdefault(value, place.unit) == place.unit
        begin = end
    assert len(set(names.values())) == len(names)


def words(text: str) -> list[int]:
    return [int(value) for value in units_of(compared(pa.array([text])), "word").hashes]


@pytest.mark.parametrize(
    "text",
    [
        "JANET’S DUCKS LAY 16 EGGS, PER DAY!",
        "Janet's  ducks\n\nlay\t16 eggs per\u00a0day",
        '"Janet\'s" (ducks) lay -- $16; eggs: per **day**.',
        "Ｊａｎｅｔ's ducks lay １６ eggs per day",
        "Janet's ducks lay 16 eggs + per / day 🎈",
    ],
)
def test_case_space_signs_around_words_and_compatibility_forms_do_not_count(text: str) -> None:
    assert words(text) == words("Janet's ducks lay 16 eggs per day")


@pytest.mark.parametrize("text", ["3.5", "35", "3 5", "-ed", "ab-cd", "abcd", "can't", "cant"])
def test_signs_within_words_count(text: str) -> None:
    others = {"3.5", "35", "3 5", "-ed", "ab-cd", "abcd", "can't", "cant"} - {text}
    assert all(words(text) != words(other) for other in others)


def test_a_slice_of_an_array_is_read_from_its_place() -> None:
    texts = pa.array(["one two", None, "ﬁve six", "seven"])
    found = units_of(compared(texts[1:3]), "word")
    assert found.ends.tolist() == [0, 2]
    assert found.starts.tolist() == [0, 5]
    assert len(unicodedata.normalize("NFKC", "ﬁve six")) == found.stops[-1]
