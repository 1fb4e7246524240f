"""Both ways of the pass give the same numbers, and these are what the definitions say."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.scan import COUNTS, REPETITION, Scan
from curate.scan.buffers import WARM_BYTES, is_worth_it
from curate.scan.plain import words_of

PIECES = [
    *("a", "B", "the", "the", "and", " ", " ", "\n", "\n\n", ".", "...", "…", "!", "?", "。"),
    *("世", "界", "カ", "ー", "ก", "ั", "é", "e\u0301", "1", "#", "-", "*", "•", '"', ")", "'"),
    *("！", "\t", "\u3000", "\u200d", "🎈", "\x1f", "ß", "x" * 70, "- it"),
    "one two three four five six ",
    *("abcdefgh", "Abcdefghijklmnopq", "have", "That", "({[`@", "zZ~", "a b c d e f g h i j "),
]
ANY = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES)).map("".join))


@given(st.lists(st.none() | ANY, max_size=8))
@settings(max_examples=300, deadline=None)
def test_the_kernel_and_plain_python_give_the_same_numbers(texts: list[str | None]) -> None:
    array = pa.array(texts, pa.string())
    compiled, plain = (Scan(array, compiled=way) for way in (True, False))
    assert np.array_equal(compiled.counts, plain.counts)
    assert np.array_equal(compiled.repetition, plain.repetition)
    with_tokens = Scan(array, compiled=True)
    assert np.array_equal(with_tokens.repetition, plain.repetition)
    assert np.array_equal(with_tokens.counts, plain.counts)


@given(st.lists(ANY, min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_tokens_are_the_words_with_their_places(texts: list[str]) -> None:
    tokens = Scan(pa.array(texts), compiled=True).tokens
    begin = 0
    hashes: dict[str, int] = {}
    for text, end in zip(texts, tokens.word_ends.tolist(), strict=True):
        raw = text.encode()
        found = [
            raw[start:stop].decode()
            for start, stop in zip(
                tokens.word_starts[begin:end], tokens.word_stops[begin:end], strict=True
            )
        ]
        assert found == words_of(text)
        assert tokens.word_characters[begin:end].tolist() == list(map(len, found))
        hashes.update(zip(found, tokens.word_hashes[begin:end].tolist(), strict=True))
        begin = end
    assert len(set(hashes.values())) == len(hashes)


def test_a_slice_of_an_array_is_read_where_it_lies() -> None:
    array = pa.array(["not this", "two words", None, "one"])[1:]
    assert Scan(array, compiled=True).counts[:, COUNTS.WORDS].tolist() == [2, 0, 1]


def test_few_texts_do_not_load_the_kernel_and_many_do() -> None:
    assert not is_worth_it(pa.array(["x" * (WARM_BYTES - 1)]))
    assert is_worth_it(pa.array(["x" * 2_000_000]))


def count(column: COUNTS, text: str) -> int:
    return int(Scan(pa.array([text])).counts[0, column])


def repeated(column: REPETITION, text: str) -> int:
    return int(Scan(pa.array([text])).repetition[0, column])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", 0),
        ("A heading\nAnd a sentence.", 2),
        ("He left. She stayed! Why? (No one knows.) 'Yes.'", 5),
        ("J. R. Smith paid $3.50, i.e. less than the U.S. price.", 1),
        ("Wait ... what? Then e.g. this", 2),
        ("好。好！好吗？", 3),
        ("no end", 1),
        ("One . . . two", 1),
    ],
)
def test_sentences(text: str, sentences: int) -> None:
    assert count(COUNTS.SENTENCES, text) == sentences


def test_scripts_without_spaces_have_a_word_for_each_letter_with_its_marks() -> None:
    assert words_of("我爱 Python3,很。สวัสดี") == [
        *("我", "爱", "Python3,", "很。", "ส", "วั", "ส", "ดี"),
    ]


def test_stop_words_are_found_in_any_case_and_between_signs() -> None:
    assert count(COUNTS.STOP_WORDS, 'The "the" (to) be-have, withal that. OF 2of') == 4
    assert count(COUNTS.STOP_WORD_HITS, "the The THE, other") == 3


def test_lines_of_each_kind() -> None:
    text = "• a\n- b\n-c\n* d\n**e**\n\n  … \nwait...\nEnd.\n(End.)\n“End!” \n3.5"
    assert count(COUNTS.LINES, text) == 11
    assert count(COUNTS.BULLET_LINES, text) == 3
    assert count(COUNTS.ELLIPSIS_LINES, text) == 2
    assert count(COUNTS.PUNCTUATED_LINES, text) == 4
    assert count(COUNTS.SHORT_LINES, "x" * 29 + "\n" + "x" * 30) == 1


def test_ellipses_share_no_character() -> None:
    assert [count(COUNTS.ELLIPSES, dots) for dots in ("..", "...", ".....", "......", "….")] == [
        *(0, 1, 1, 2, 1)
    ]


def test_a_repeated_line_or_paragraph_counts_without_its_first_occurrence() -> None:
    text = "one\n two\n\none\ntwo \n\nthree\n\none"
    assert repeated(REPETITION.LINES, text) == 3
    assert repeated(REPETITION.LINE_CHARACTERS, text) == 9
    assert repeated(REPETITION.PARAGRAPHS, text) == 1
    assert repeated(REPETITION.PARAGRAPH_CHARACTERS, text) == 6


def test_no_character_of_overlapping_sequences_counts_twice() -> None:
    text = "ha " * 7
    assert repeated(REPETITION.TOP_2, text) == 14
    assert repeated(REPETITION.AGAIN_5, text) == 12
    assert repeated(REPETITION.TOP_2, "each word once") == 0


def test_of_equally_frequent_sequences_the_longest_counts() -> None:
    assert repeated(REPETITION.TOP_2, "a b x a b y longer words z longer words") == 22


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    assert repeated(REPETITION.MEDIAN_TWICE, "a bb cccc ddddd") == 6
    assert repeated(REPETITION.MEDIAN_TWICE, "a bb cccc") == 4
