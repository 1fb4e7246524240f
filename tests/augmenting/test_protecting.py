from collections.abc import Sequence

import pytest

from curate.augmenting.protecting import KINDS, Kind, merged, protected
from tests.augmenting.texts import hostile_texts


def kept(text: str, *words: str, kinds: Sequence[Kind] = KINDS) -> list[str]:
    return [text[start:end] for start, end in protected(text, words, kinds)]


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("run `a b` and ``c`d`` now", ["`a b`", "``c`d``"]),
        ("see\n```py\nx = 1\n```\nthen", ["```py\nx = 1\n```"]),
        ("open ~~~ is no fence", []),
        ("an unclosed\n~~~\nfence", ["~~~\nfence"]),
        ("at https://a.org/b(c)?d=1, or (www.b.de/x).", ["https://a.org/b(c)?d=1", "www.b.de/x"]),
        ("write to ann.lee+x@mail.example.org, please", ["ann.lee+x@mail.example.org"]),
        ("it weighs 5.5 kg, costs $1,200.50 or 20 € today", ["5.5 kg", "$1,200.50", "20 €"]),
        ("at 10:30 pm on 2024-05-01 it was -3 °C", ["10:30 pm", "2024-05-01", "-3 °C"]),
        ("about twenty of them, some 3% and v2.1b", ["twenty", "3%", "v2.1b"]),
        ("then Barack Obama met Dr. J. K. Rowling", ["Barack Obama", "Dr. J. K. Rowling"]),
        ("he left the University of Oxford early", ["University of Oxford"]),
        ("Only this. Then that. But i know", []),
        ("Josh decides. Write a poem. Ann's idea went", ["Josh", "Ann's"]),
        ("Exercise helps. He had $50,000 in stock", ["Exercise", "$50,000"]),
        ("这一理论由他于1839年首次提出", ["1839年"]),
        ("Paris is big. I love paris, and Paris too", ["Paris", "Paris"]),
        ("fill {name} and {{ x.y }} in <|im_end|>", ["{name}", "{{ x.y }}", "<|im_end|>"]),
        ("with %s and %(who)s or ${HOME} and $PATH", ["%s", "%(who)s", "${HOME}", "$PATH"]),
        ("so <a href='x'>this</a> &amp; that", ["<a href='x'>", "</a>", "&amp;"]),
        ("as $x^2 + y$ and \\frac{a}{b} show", ["$x^2 + y$", "\\frac{a}{b}"]),
        ("a \\begin{a}x\\begin{b}\\end{b}\\end{a}", ["\\begin{a}x\\begin{b}\\end{b}\\end{a}"]),
        ("call my_function() in lib/a.py or /etc/x", ["my_function()", "lib/a.py", "/etc/x"]),
    ],
)  # fmt: skip
def test_what_carries_the_meaning_is_found(text: str, stays: list[str]) -> None:
    assert kept(text) == stays


def test_two_prices_are_no_formula() -> None:
    assert kept("from $5 and up to $10 each", kinds=["math"]) == []


def test_given_words_stay_whatever_their_case_but_only_whole() -> None:
    assert kept("The CAT in a category; cat!", "cat", kinds=[]) == ["CAT", "cat"]
    assert kept("say forty-two, or Forty-Two.", "forty-two", kinds=[]) == ["forty-two", "Forty-Two"]
    assert kept("nothing here", "", " ", kinds=[]) == []


def test_nothing_is_cut_out_of_a_letter_or_an_emoji() -> None:
    text = "a caf\u0065\u0301 5\u20e3 👨‍👩‍👧x 👍🏽"
    for word in ("cafe", "5", "👨", "👍"):
        ((start, end),) = protected(text, [word], [])
        assert text[start:end] in ("cafe\u0301", "5\u20e3", "👨‍👩‍👧", "👍🏽")


def test_right_to_left_texts_keep_their_numbers_and_addresses() -> None:
    assert kept("שלום 5 kg אל a@b.org") == ["5 kg", "a@b.org"]


def test_stretches_are_sorted_and_merged_and_within_the_text() -> None:
    for text in hostile_texts(400):
        found = protected(text, ["the", "世界"])
        assert found == merged(found)
        assert all(0 <= start < end <= len(text) for start, end in found)


def test_a_lone_surrogate_is_no_trouble() -> None:
    assert kept("\ud800 `x` \udc00") == ["`x`"]


@pytest.mark.parametrize(
    "unit",
    ["{{ ", "`", "`a``b", "$x ", "<a ", "\\begin{a}", "1,", "Ab ", "a_", "/a", "a.", "\\(", "@a",
     "a-", "--a", "a::", "&#", "$a$1", "www.", "http://(", "%(", "5 ", "(", "x"],
)  # fmt: skip
def test_no_text_takes_time_out_of_proportion(unit: str) -> None:
    """Not timed: were the time quadratic, this would not end."""
    protected(unit * (500_000 // len(unit)))
