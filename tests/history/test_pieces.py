"""The words that differ between two texts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.history.pieces import Piece, word_pieces

TEXTS = st.text(st.sampled_from("ab \n\t.é猫ที่ี\u200d👩🇩\x1b_"), max_size=16)
MARKED = {"equal": "%s", "delete": "[%s]", "insert": "{%s}"}


def told(before: str, after: str) -> str:
    return "".join(MARKED[kind] % text for kind, text in word_pieces(before, after))


def sides(pieces: tuple[Piece, ...]) -> tuple[str, str]:
    return (
        "".join(piece.text for piece in pieces if piece.kind != "insert"),
        "".join(piece.text for piece in pieces if piece.kind != "delete"),
    )


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    assert sides(word_pieces(before, after)) == (before, after)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "The red fox ran. It was fun.",
            "The old fox ran. It was fun.",
            "The [red]{old} fox ran. It was fun.",
        ),
        ("a  b", "a b", "a [ ]b"),
        ("我们的退款政策是七天。", "我们的退货政策是七天。", "我们的退[款]{货}政策是七天。"),
        ("สวัสดีครับ ร้านนี้", "สวัสดีค่ะ ร้านนี้", "สวัสดี[ครับ]{ค่ะ} ร้านนี้"),
        ("हुआ वाक्य है", "हुआ वाक्य था", "हुआ वाक्य [है]{था}"),
        ("ok 👨‍👩‍👧 fine 👍🏽", "ok 👨‍👩‍👦 fine 👍🏿", "ok [👨‍👩‍👧]{👨‍👩‍👦} fine [👍🏽]{👍🏿}"),
        ("x = f(1)\ny = 2\n", "x = f(3)\ny = 2\n", "x = f([1]{3})\ny = 2\n"),
    ],
)
def test_what_differs_is_shown_by_words_of_any_script(before: str, after: str, shown: str) -> None:
    assert told(before, after) == shown


@given(st.text(st.sampled_from("กขาี่ ้"), max_size=12), st.text(st.sampled_from("กขาี่ ้"), max_size=12))
def test_no_mark_is_torn_from_its_letter(before: str, after: str) -> None:
    for text in (before, after):
        if (text[:1] and unicodedata.category(text[0]) == "Mn") or " ้" in text or " ี" in text:
            return
    starts = {at for at, mark in enumerate(before) if unicodedata.category(mark) == "Mn"}
    place = 0
    for kind, text in word_pieces(before, after):
        if kind == "insert":
            continue
        assert place not in starts
        place += len(text)


def test_what_is_alike_by_chance_is_not_picked_out() -> None:
    pieces = word_pieces(
        "I am writing to tell you that your order is delayed by the carrier.",
        "We are sorry: the parcel was lost, so you will get a refund from us.",
    )
    assert len(pieces) <= 5


def test_a_long_text_is_compared_where_it_differs() -> None:
    lines = [f"line {number} of many words here" for number in range(4_000)]
    changed = [*lines[:10], "another", *lines[11:-10], "last", *lines[-9:]]
    pieces = word_pieces("\n".join(lines), "\n".join(changed))
    assert sides(pieces)[1] == "\n".join(changed)
    assert sum(len(piece.text) for piece in pieces if piece.kind == "equal") > 55_000
    words = " ".join(str(number % 977) for number in range(15_000))
    pieces = word_pieces(words, words.replace(" 500 ", " five hundred "))
    assert sum(len(piece.text) for piece in pieces if piece.kind == "equal") > 55_000
