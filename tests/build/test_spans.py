"""Spans say exactly what an edit changed."""

from hypothesis import given
from hypothesis import strategies as st

from curate.build.spans import spans_between

TEXT = st.text(st.sampled_from("ab \n.é"), max_size=40)


@given(TEXT, TEXT)
def test_the_new_text_can_be_put_together_from_the_old_and_the_spans(old: str, new: str) -> None:
    rebuilt, read, written = "", 0, 0
    for start, end, length, *_ in spans_between(old, new):
        rebuilt += old[read:start]
        written += start - read
        rebuilt += new[written : written + length]
        written += length
        read = end
    rebuilt += old[read:]
    assert rebuilt == new


def test_far_apart_changes_are_spans_of_their_own() -> None:
    old = "one  two\n" + "the same line\n" * 50 + "three four \n"
    new = "one two\n" + "the same line\n" * 50 + "three four\n"
    assert [(s.end - s.start, s.length) for s in spans_between(old, new)] == [(1, 0), (1, 0)]


def test_equal_texts_have_no_spans() -> None:
    assert spans_between("same", "same") == []
