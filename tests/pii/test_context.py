"""The words around a place are those that Presidio's enhancer takes, though few are cut."""

from functools import partial
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from curate.pii import context, reach
from curate.pii.context import Words
from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine

ENHANCER: Any = LemmaContextAwareEnhancer()
WORDS = (
    *(
        "mobile",
        "worldwide",
        "Herald",
        "ZIP",
        "cannot",
        "gonna",
        "km",
        "US",
        "im",
        "notve",
        "Kelvin",
    ),
    *("phone", "number", "Number:", "cell", "the", "The:", "a:the", "be", "BE", "my", "at", "is"),
    *("12:30", "http://x.y:the", ":", "::", "/", "can't", "U.S.", "e.g.", "-PRON-", "-pron-", "("),
    *(":-)", "(>_<)", "(\u256f\u00b0\u25a1\u00b0\uff09\u256f\ufe35\u253b\u2501\u253b", "x" * 40),
)
BETWEEN = (*6 * [" "], "  ", "\n", "\t ", "\n\n", "\u00a0", "")


def contains(word: str, words: list[str]) -> bool:
    return word in words


def texts() -> st.SearchStrategy[str]:
    """Words, most often more than are cut at once."""
    pair = st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)).map("".join)
    return st.lists(pair, min_size=1, max_size=20).flatmap(
        lambda some: st.integers(1, 30).map(lambda times: "".join(some * times))
    )


@settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(texts(), st.floats(0, 1))
def test_the_words_around_a_place_are_those_of_presidio(text: str, share: float) -> None:
    place = int(share * len(text.rstrip()) * 0.999)
    whole = word_engine().process_text(text, LANGUAGE)
    expected = ENHANCER._extract_surrounding_words(whole, text[place : place + 1], place)
    words = Words(text)
    for word in {*expected, *map(str.lower, WORDS), ",", "("}:
        assert words.support(place, 5, 0, partial(contains, word)) == (word in expected)
    for part in {word[start:] for word in expected for start in range(len(word))}:
        assert words.may_support(place, 5, 0, [part])


def test_a_long_text_is_not_cut_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[int] = []
    original = context._cut

    def counted(text: str, low: int, high: int) -> Any:
        cut.append(high - low)
        return original(text, low, high)

    monkeypatch.setattr(context, "_cut", counted)
    text = "Some people call this number daily. " * 1000
    assert Words(text).support(18_000, 5, 0, partial(contains, "number"))
    assert not Words(text).support(18_000, 5, 0, partial(contains, "phone"))
    assert sum(cut) < 1000


def test_what_stands_beyond_enough_words_does_not_count() -> None:
    text = (
        "Some ship came. These letters bring plain words nobody knows here 1.2.3.4 shown equipment"
    )
    words, place = Words(text.replace("here", "today")), text.index("1.2") + 1
    assert not words.may_support(place, 5, 0, ["ship", "some", "quip"])
    assert words.may_support(place, 5, 0, ["ship", "etters"])
    assert words.may_support(place, 6, 0, ["ship"])
    assert words.may_support(place, 5, 1, ["quip"])


def test_a_stop_word_counts_only_where_presidio_takes_it_for_a_keyword() -> None:
    for text, counts in (
        ("Please call me at 1.2.3.4 today, all.", False),
        ("Please call: me at 1.2.3.4 today, all.", True),
        ("Please call me at 1.2.3.4 today, re:call.", True),
        ("Please recall me at 1.2.3.4 today, all.", True),
    ):
        place = text.index("1.2")
        assert Words(text).may_support(place, 5, 0, ["call"]) is counts
        whole = word_engine().process_text(text, LANGUAGE)
        around = ENHANCER._extract_surrounding_words(whole, "1.2.3.4", place)
        assert any("call" in word for word in around) <= counts


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.sampled_from(sorted(filter(str.isalpha, word_engine().nlp[LANGUAGE].tokenizer.rules))),
        st.text("abcdeghiklmnorstuvwyzABCDEFGHIKMSTUVY", min_size=1, max_size=9),
        st.sampled_from(("be", "Be", "AND", "km", "KM", "ms", "US", "EUR", "am", "PRON", "Kg")),
    ),
    st.sampled_from(WORDS),
)
def test_letters_that_count_as_a_keyword_are_one_of_presidio(letters: str, beside: str) -> None:
    if letters.isascii() and reach._is_keyword(letters):
        for text in (letters, f"{beside} {letters} {beside}", f"12 {letters}  {letters}\n"):
            told = word_engine().process_text(text, LANGUAGE)
            assert letters in [token.text for token in told.tokens]
            assert letters.lower() in told.keywords
