import pytest

from tests.signals.measured import of_answers


def false_sums(text: str) -> int:
    [found] = of_answers("false_sums", ("Q", text))
    return int(found)


@pytest.mark.parametrize(
    "text",
    [
        "2 + 2 = 5",
        "They have 12 + 19 = 33 apples.",
        "7818 x 86175 = 674667340",
        "1,200 / 4 = 3,000 each",
        "10 / 3 = 3.5",
        "1 / 0 = 0",
        "3 − 5 = 2",
        "2 + 3 * 4 = 20.",
        "答案是：124+459=383。",
    ],
)
def test_a_wrong_sum_is_found(text: str) -> None:
    assert false_sums(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "2 + 3 * 4 = 14 and 8 - 2 - 1 = 5, and 3 − 5 = -2",
        "10 / 3 = 3.33, or 10 / 3 = 3, or 2 / 3 = 0.66",
        "2x + 3 = 7, so x + 3 + 4 = 9",
        "(1 + 2) * 3 = 9 and 3 * (1 + 2) = 9",
        "7 / 2 = 3 remainder 1",
        "20 / 50 = 40%",
        "8 x 1 1/2 = 12 and 60 minutes x 2/3 = 40",
        "10 / 1/2 = 20",
        "600 x 30 = 18 000",
        "0900 - 0130 = 0730",
        "1 / 3 = 0.3...",
        "2 * 3 = 3 * 2",
        "$5 + $6 = $12",
        "",
    ],
)
def test_right_sums_and_what_is_no_plain_sum_are_left_alone(text: str) -> None:
    assert false_sums(text) == 0


def test_every_wrong_sum_counts_and_no_answer_has_none() -> None:
    assert of_answers("false_sums", ("Q", "1 + 1 = 3\n2 + 2 = 4\n2 + 3 = 6"), ("Q", None)) == [
        2,
        None,
    ]
