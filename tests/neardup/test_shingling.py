"""Shingles are what they are defined to be, compiled and in plain Python."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.neardup import Banding, Parts, Shingling, plain
from curate.neardup.lowering import MOST, lowered
from curate.signals.normal_form import normal_form
from tests.neardup.made import parts

PIECES = [
    *("a", "B", "the", " ", " ", "\n", ".", "...", "…", "世", "界", "カ", "ー", "ก", "ั", "é"),
    *("e\u0301", "1", "#", "-", '"', ")", "！", "\xa0", "\u3000", "\u200d", "🎈", "\x1f", "\0"),
    *("ß", "İ", "K", "Σ", "ς", "ﬁ", "½", "²", "각", "\u1100", "\u1161", "ﷺ", "x" * 17, "don't"),
    *("WELL-known", "«quoted»", "one two three four five six ", "abcdefgh", "Abcdefghijklmnopqé"),
    *("éabcdefgh", "ÀÉÎÕÜ", "ЖУК", "𐐀", "𠮷", "\u212b", "ǅ", "\u0345", "a\u0301\u0323"),
]
TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES)).map("".join))
RECORD = st.lists(TEXT, max_size=3)
UNITS = st.sampled_from(["words", "characters"])


@given(st.lists(RECORD, max_size=5), UNITS, st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_the_kernel_and_plain_python_give_the_same_numbers(
    records: list[list[str]], unit: str, width: int
) -> None:
    shingling = Shingling(unit, width)  # type: ignore[arg-type]
    given_parts = parts(*records)
    banding = Banding(3, 4)
    signed = (shingling.sign(given_parts, banding, compiled=way) for way in (True, False))
    for one, other in zip(*signed, strict=True):
        assert np.array_equal(one, other)
    gathered = (shingling.gather(given_parts, compiled=way) for way in (True, False))
    for one, other in zip(*gathered, strict=True):
        assert np.array_equal(one, other)


def test_it_makes_no_difference_where_words_lie_in_blocks_of_64_bytes() -> None:
    generator = np.random.default_rng(7)
    pieces = [*PIECES, *"abcdefgh", *"    ...-'", "e", "the ", "“", "”, ", "—", "naïve "]
    texts = ["".join(generator.choice(pieces, 300)) for _ in range(60)]
    texts += [f"{'.' * before}a{'-' * between}b{'!' * behind}" for before in (0, 1, 62, 63, 64, 130)
              for between in (0, 1, 61, 62, 63, 64, 200) for behind in (0, 1, 63, 64)]  # fmt: skip
    texts += ["x" * length + end for length in range(60, 70) for end in ("", "é", " é", "\u3000b")]
    shingling = Shingling(width=2)
    one, other = (shingling.gather(parts(*texts), compiled=way) for way in (True, False))
    assert np.array_equal(one.shingles, other.shingles)


def test_every_character_alone_and_between_letters_is_the_same_both_ways() -> None:
    codes = [code for code in range(1, 0x3400) if not 0xD800 <= code < 0xE000]
    codes += [*range(0xA640, 0xAC10), *range(0xF900, 0x10000), *range(0x10400, 0x10460)]
    texts = [f"{chr(code)}a{chr(code)}b {chr(code)}" for code in codes]
    shingling = Shingling(width=1)
    one, other = (shingling.gather(parts(*texts), compiled=way) for way in (True, False))
    assert np.array_equal(one.shingles, other.shingles)


def test_even_characters_need_no_normal_form() -> None:
    small = lowered()
    even = [c for c in range(0x80, MOST) if small[c] and not chr(c).isspace()]
    # Each behind a letter and behind a mark-less syllable, where composing ones would join them.
    texts = pa.array([f"a{chr(code)}가{chr(code)}" for code in even])
    expected = [f"a{chr(small[code])}가{chr(small[code])}" for code in even]
    assert normal_form(texts).to_pylist() == expected
    assert pc.utf8_lower(pa.array([chr(small[c]) for c in even])).to_pylist() == [
        chr(small[c]) for c in even
    ]


def test_a_slice_of_an_array_is_read_where_it_lies() -> None:
    whole = pa.array(["not this", "But these two words", "ﬁne"])
    sliced = Parts(whole[1:], np.zeros(2, np.int64), np.array([1, 2], np.int64))
    one, other = (Shingling().gather(sliced, compiled=way) for way in (True, False))
    assert np.array_equal(one.shingles, other.shingles)


def sets(*texts: str, width: int = 5, unit: str = "words") -> list[int]:
    shingling = Shingling(unit, width)  # type: ignore[arg-type]
    return list(map(int, shingling.sign(parts(*texts), Banding(1, 1)).sets))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The quick brown fox", "the QUICK\n\tbrown  fox"),
        ("He said: yes.", "“he said”, (yes)!"),
        ("ﬁve  ½ naïve", "five 1⁄2 nai\u0308ve"),
        ("我爱你。", "我 爱 你"),
        ("a - b", "a b"),
    ],
)
def test_case_forms_white_space_and_punctuation_at_edges_do_not_count(one: str, other: str) -> None:
    first, second = sets(one, other)
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [("a b", "b a"), ("ab c", "a bc"), ("don't", "dont"), ("x + y", "x y"), ("a", "a\0b")],
)
def test_words_their_order_and_what_is_in_them_count(one: str, other: str) -> None:
    first, second = sets(one, other)
    assert first != second


def test_characters_know_no_words() -> None:
    first, second = sets("tooth paste", "toothpaste", unit="characters")
    assert first == second


def test_a_short_text_is_one_shingle_and_none_of_a_longer_one() -> None:
    shingling = Shingling(width=3)
    short, long = (
        set(shingling.gather(parts(text)).shingles.tolist()) for text in ("a b", "a b c d")
    )
    assert (len(short), len(long)) == (1, 2)
    assert not short & long
    assert shingling.sign(parts("...", ""), Banding(1, 1)).sizes.tolist() == [0, 0]


def test_equal_texts_at_other_places_share_nothing() -> None:
    shingling = Shingling(width=1)
    here, there = (
        set(shingling.gather(parts(record)).shingles.tolist())
        for record in (["a b", ""], ["", "a b"])
    )
    assert len(here) == len(there) == 2
    assert not here & there


def test_plain_words_are_those_of_the_scan_without_punctuation() -> None:
    assert plain.words("--x-- 'Tis “é!” ... C# (世。)") == ["x", "Tis", "é", "C", "世"]
