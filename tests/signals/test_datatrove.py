from unicodedata import category

import pyarrow as pa

from curate.scan import Scan
from curate.signals import SIGNALS
from curate.signals.datatrove_signs import PUNCTUATION, TERMINALS
from tests.rules.reference.gopher import ends_sentence_for_datatrove, is_sign


def value(name: str, text: str | None) -> object:
    measure = SIGNALS[name].of_text_alone
    assert measure is not None
    return measure(Scan(pa.array([text], pa.string())))[0].as_py()


def test_the_signs_are_those_of_unicode_but_for_the_ones_that_are_named() -> None:
    every = {chr(code) for code in range(0x110000) if category(chr(code)) not in ("Cs", "Cn")}
    assert {sign for sign in every if ends_sentence_for_datatrove(sign)} == TERMINALS & every
    assert {sign for sign in every if is_sign(sign)} == PUNCTUATION & every


def test_a_text_that_is_not_there_and_one_without_words_have_no_share() -> None:
    for name in ("datatrove_hash_ratio", "datatrove_duplicate_lines", "datatrove_top_2gram"):
        assert value(name, None) is None
    assert value("datatrove_hash_ratio", " ") is None
    assert value("datatrove_top_2gram", "one") is None


def test_a_sequence_that_comes_once_is_the_most_frequent_one() -> None:
    assert value("datatrove_top_2gram", "two words") == 1.0
    assert value("top_2gram", "two words") == 0.0


def test_words_that_read_alike_without_spaces_stood_before() -> None:
    assert value("datatrove_duplicate_5gram", "ab c d e f a bc d e f") == 6 / 21
    assert value("duplicate_5gram", "ab c d e f a bc d e f") == 0.0
