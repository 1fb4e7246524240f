import pytest

from tests.signals.measured import of_answers


@pytest.mark.parametrize(
    "prompt",
    [
        "Calculate the mean of 4, 6 and 11.",
        "Please convert 3 miles to kilometres.",
        "Here is a list: 4, 6. What is the sum of the numbers?",
        "Determine the area of the room.\nLength: 4 m, width: 5 m",
        "Multiply 4 and 7.",
    ],
)
def test_a_calculation_with_numbers_is_asked_for(prompt: str) -> None:
    assert of_answers("asks_calculation", (prompt, "x")) == [True]


@pytest.mark.parametrize(
    "prompt",
    [
        "How do I calculate a mean?",
        "How many legs do 2 spiders have?",
        "Add 2 adjectives to the sentence.",
        "Calculate 4 + 6. Output only the number.",
        "Convert this query to JSON: SELECT 1",
        "Convert the string 'a1' to 'A1'.",
        f"Calculate the sum of 1 and 2. {'A long text follows. ' * 30}",
    ],
)
def test_what_is_no_calculation_or_wants_the_result_alone_is_not(prompt: str) -> None:
    assert of_answers("asks_calculation", (prompt, "x")) == [False]


def test_signs_of_equality_show_the_working() -> None:
    answers = ["2 + 3 = 5, so x ≈ 1.6", "It is 5.", "a → b", None]
    pairs = [("Q", answer) for answer in answers]
    assert of_answers("equals_signs", *pairs) == [2, 0, 1, None]
