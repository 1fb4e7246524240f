import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.scan.compiling import kernel
from curate.signals import copying
from tests.signals.measured import of_answers

PASSAGE = "The bridge was built of stone in 1906."


@pytest.mark.parametrize(
    ("prompt", "answer", "share"),
    [
        (f"Sum up: {PASSAGE}", PASSAGE, 0.8),
        (f"Sum up: {PASSAGE}", "The bridge was  built\nof stone in 1906.", 0.8),
        (f"Sum up: {PASSAGE}", "The bridge was built", 0.0),
        (f"Sum up: {PASSAGE}", "The bridge was built of", 0.5),
        (f"Sum up: {PASSAGE}", "The bridge was built in 1906.", 0.0),
        (f"Sum up: {PASSAGE}", f"{PASSAGE} It is old.", 0.0),
        (PASSAGE, PASSAGE, 1.0),
        ("Sum up.", "", 0.0),
        (" ", "The bridge", None),
        ("Sum up.", None, None),
    ],
)
def test_the_share_is_that_of_an_answer_in_one_piece(
    prompt: str, answer: str | None, share: float | None
) -> None:
    assert of_answers("copied_share", (prompt, answer)) == [share]


WORDS = st.sampled_from(("a", "b", "ab", "the", "é", "été", "漢"))
BLANKS = st.sampled_from((" ", "  ", "\n", "\x1c", "\x85", "\xa0", "\u3000", " \u3000"))
TEXTS = st.lists(st.tuples(WORDS, BLANKS), max_size=8)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(0, 3), st.integers(4, 9), BLANKS, BLANKS)
def test_compiled_code_passes_over_no_copy(
    question: list[tuple[str, str]], first: int, last: int, blank: str, between: str
) -> None:
    kernel()
    asked = blank + "".join(word + space for word, space in question)
    copied = between.join(word for word, _ in question[first:last]) + blank
    texts = [pa.array([each] * 2_000) for each in (asked, copied)]
    share = copying._share(asked.split(), copied.split())
    if share and len(copied) * 2 >= len(asked) and len(copied) <= len(asked) * 2:
        assert len(copying._maybe_copies(*texts)) == 2_000
