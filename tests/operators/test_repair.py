import re
from unicodedata import combining, decomposition, is_normalized

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.operators import repair
from curate.operators.repair import Repair
from curate.scan.marks import BLANK, PAIR, has_marks

ODD_PIECES = st.sampled_from(
    (
        *" \t\n\r\v\x00\x7f\x85\xa0éÉ–’\u200b\u2028\u3000ÂŒ漢ß",
        *("word", "Hello World ", "     ", "abcdefgh", "\n\n\n", "a b c d "),
    )
)

PIECES = st.sampled_from(
    [
        *"ab \t\n\r\v\f`~.",
        *("```", "\n```\n", "~~~\n", "â€™", "Ã©", "Ã ", "\x85", "\u200b", "\ufeff", "ก"),
        *("\u0301", "\u1fef", "\u3000", "\xa0", "\u202e", "\u2028", "😀", "\u200d"),
    ]
)


def repaired(text: str, **choices: bool) -> str:
    [after] = Repair(**choices).edit(pa.array([text], pa.string())).texts.to_pylist()
    assert isinstance(after, str)
    return after


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.characters(codec="utf-8"), max_size=30).map("".join))
def test_a_repaired_text_is_not_changed_again(text: str) -> None:
    once = repaired(text)
    assert repaired(once) == once


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.characters(codec="utf-8"), max_size=12).map("".join))
def test_a_text_that_is_passed_over_has_nothing_to_repair(text: str) -> None:
    operator = Repair()
    if not operator._candidates(pa.array([text])):
        assert operator._repaired(text) == text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.none() | st.lists(ODD_PIECES, max_size=12).map("".join), max_size=8),
    st.integers(0, 3),
)
def test_compiled_code_passes_over_the_texts_that_the_patterns_pass_over(
    given_texts: list[str | None], first: int
) -> None:
    texts = pa.array(given_texts, pa.string()).slice(first)
    for gate, marks in (
        (repair._CONTROL_GATE, repair._CONTROL_MARK),
        (repair._WHITESPACE_GATE, BLANK | repair._LINE_END_MARK),
        (repair._ENCODING_GATE, PAIR | repair._ENCODING_MARK),
    ):
        found = pc.fill_null(pc.match_substring_regex(texts, gate), False)
        assert has_marks(texts, repair._marks(), marks).tolist() == found.to_pylist()


def test_characters_that_are_passed_over_are_normal_in_every_text() -> None:
    joined = {chr(part) for part in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for code in range(0x110000):
        parts = decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            joined.add(chr(int(parts[1], 16)))
    normal = re.compile(f"[{repair._NORMAL}]")
    for character in filter(normal.match, map(chr, range(0x110000))):
        assert is_normalized("NFC", character)
        assert not combining(character)
        assert character not in joined


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("naÃ¯ve about", "naïve about"),
        ("aged 10â\x80\x9313 is", "aged 10–13 is"),
        ("the villain â€“ he says â€œnoâ€\x9d", "the villain – he says “no”"),
        ("a pathetic movie\x85 really", "a pathetic movie… really"),
        ("cafe\u0301", "café"),
    ],
)
def test_text_decoded_wrongly_is_decoded_anew(broken: str, right: str) -> None:
    assert repaired(broken) == right
    assert repaired(broken, encoding=False, control=False) == broken


@pytest.mark.parametrize(
    "text",
    [
        "“curly” and 'straight' and ﬁne and ＷＩＤＥ",
        "&lt;b&gt; &copy; 2024",
        "نمی\u200cدانم, 🏊\u200d♀️, ไทย\u200bไทย",
        "Ça a coûté 5 € à l'été",
        "如何修复 mojibake：工具",
        "Type `â€™` when you mean an apostrophe.",
        "```python\nprint('â€™')   \n\n\n\n\nx = 1\n```",
        "    return x",
        "\u3000\u3000段落",
        "a\n\n\nb",
    ],
)
def test_what_a_writer_may_have_meant_stays(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\ufeffHi\x00 there\x07\x7f", "Hi there"),
        ("abc\u202edef\u202c", "abcdef\u202c"),
        ("URL.\n\u200b\nThese", "URL.\n\nThese"),
    ],
)
def test_invisible_characters_go(text: str, clean: str) -> None:
    assert repaired(text) == clean


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        (" Sure.  \nYes.\t\n\n", "Sure.\nYes."),
        ("\n \n    x = 1\n    y = 2\n", "    x = 1\n    y = 2"),
        ("a\n\n \n\n\n\nb", "a\n\n\nb"),
        (" \n\t", ""),
        ("a  \n```\nx  \n```  \n", "a\n```\nx  \n```"),
    ],
)
def test_white_space_is_tidied_outside_of_code(text: str, tidy: str) -> None:
    assert repaired(text) == tidy
    assert repaired(text, whitespace=False) == text


def test_a_clean_column_is_handed_back_as_it_is() -> None:
    texts = pa.array(["clean", None, "also\nclean"])
    assert Repair().edit(texts).texts is texts


def test_long_runs_take_no_quadratic_time() -> None:
    for run in (" ", "\u200b", "`", "ก\u200b", "\n", "Ã"):
        repaired("a" + run * 200_000 + "b")


def test_the_setting_fields_says_what_is_edited() -> None:
    operator = Repair.model_validate({"fields": ["response"]})
    assert operator.fields() == ("response",)
    assert operator.model_dump()["fields"] == ("response",)
    with pytest.raises(ValueError, match="'answer' is no field"):
        Repair.model_validate({"fields": ["answer"]})
