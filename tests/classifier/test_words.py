"""Words and features: compiled code and plain Python see the same."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.classifier.features import sparse
from curate.classifier.scoring import probabilities
from curate.classifier.words import features_of, words_of
from tests.classifier.small import small

CHARACTERS = "aB z_9.!\n\t ÀßİǅéΣ東京ไทย\u0301\u200d😀\U0001d400\U000e0041"


def test_letter_case_makes_no_word() -> None:
    assert words_of("THE Äpfel ΣΟΦΙΑ") == words_of("the äpfel σοφια")


def test_signs_and_line_ends_are_words() -> None:
    assert words_of("Well... no!\n") == ["well", ".", ".", ".", "no", "!", "\n"]


def test_pairs_are_of_neighbours_and_have_an_order() -> None:
    pairs = [words for _, words in features_of("a b c", pairs=True)]
    assert pairs == ["a", "b", "a b", "c", "b c"]
    hashes = {words: value for value, words in features_of("a b a", pairs=True)}
    assert hashes["a b"] != hashes["b a"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(CHARACTERS, max_size=40), min_size=1, max_size=5))
def test_the_kernel_counts_what_plain_python_counts(texts: list[str]) -> None:
    found = sparse(texts, True, 12, 1)
    for row, text in enumerate(texts):
        expected = list(dict.fromkeys(v & 4095 for v, _ in features_of(text, pairs=True)))
        columns = found.columns[found.ends[row] : found.ends[row + 1]]
        assert found.slots[columns].tolist() == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(CHARACTERS + "thekindrudeyou ", max_size=60), max_size=5))
def test_the_kernel_scores_as_plain_python_does(texts: list[str]) -> None:
    array: Any = pa.array([*texts, "thanks for it you idiot"], pa.string())
    compiled, plain = (probabilities(small(), array, way) for way in (True, False))
    assert np.array_equal(compiled, plain, equal_nan=True)


def test_a_score_depends_on_nothing_but_the_text() -> None:
    texts = pa.array(["thanks", "", "you stupid answer, you", "glad it is in your mail"] * 3)
    whole = probabilities(small(), texts, compiled=True)
    alone = [probabilities(small(), texts.slice(row, 1), compiled=True)[0] for row in range(12)]
    assert np.array_equal(whole, np.stack(alone), equal_nan=True)


def test_a_text_without_known_words_has_no_score() -> None:
    found = probabilities(small(), pa.array(["", "xyzzy", "thanks"]))
    assert np.isnan(found[:2]).all()
    assert abs(found[2].sum() - 1) < 1e-12
