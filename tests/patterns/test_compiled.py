"""Places are exact in any text, and nothing between two of them is lost."""

import pytest

from curate.patterns.compiled import compiled, matches

BETWEEN = ("", "é", "🏊\u200d♀️", "e\u0301", "שלום", "\u202e", "中文" * 50, "\x00")


@pytest.mark.parametrize("text", BETWEEN)
def test_places_are_code_points_of_the_text(text: str) -> None:
    whole = f"{text}<a1>{text}<b2>{text}"
    found = [whole[start:end] for start, end in matches("<(?P<value>[^>]+)>", "value", whole)]
    assert found == ["a1", "b2"]


def test_one_delimiter_between_two_values_serves_both() -> None:
    text = " ann bob ann"
    found = list(matches(r"(?:\A|\PL)(?P<value>ann|bob)(?:\PL|\z)", "value", text))
    assert [text[start:end] for start, end in found] == ["ann", "bob", "ann"]


def test_a_group_that_takes_no_part_finds_nothing() -> None:
    assert list(matches("a(?P<value>b)?", "value", "aab")) == [(2, 3)]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?<=a)b", "which has no look-around"),
        ("(?!a)b", "which has no look-around"),
        (r"(a)\1", "which has no back reference"),
        ("(a", "not RE2: missing"),
        ("a{1001}", "repetition"),
    ],
)
def test_what_re2_refuses_is_told(pattern: str, said: str) -> None:
    with pytest.raises(ValueError, match="the pattern is not RE2") as caught:
        compiled(pattern)
    assert said in str(caught.value)
