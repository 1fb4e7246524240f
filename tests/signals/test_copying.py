import pytest

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
