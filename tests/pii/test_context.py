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

from curate.pii import context
from curate.pii.context import Words
from curate.pii.recognizers import LANGUAGE
from curate.pii.words import word_engine

ENHANCER: Any = LemmaContextAwareEnhancer()
WORDS = (
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
