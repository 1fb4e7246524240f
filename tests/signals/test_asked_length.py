import pytest

from tests.signals.measured import of_answers


@pytest.mark.parametrize(
    ("prompt", "most"),
    [
        ("Explain rain in 50 words or less.", 50),
        ("Explain rain in no more than twenty words.", 20),
        ("In under 30 words, explain rain.", 30),
        ("Explain rain (100 words max).", 100),
        ("Explain rain. Do not exceed 40 words.", 40),
        ("Explain rain in 50 words.", None),
        ("Explain rain in no less than 50 words.", None),
        ("Explain rain in at most 50 words and snow in at most 20 words.", None),
        ("List at most 3 words each for rain and snow, 10 words or less.", None),
        ("Explain rain.", None),
        (f"Sum up: {'it rains. ' * 100} In 9 words or less.", None),
    ],
)
def test_only_a_single_upper_limit_is_one(prompt: str, most: int | None) -> None:
    assert of_answers("words_allowed", (prompt, "x")) == [most]
