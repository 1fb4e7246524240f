import pytest

from tests.signals.measured import of_answers

LINK = "https://example.org/news/7"


@pytest.mark.parametrize(
    "prompt",
    [
        f"Summarize the article.\n{LINK}",
        f"Describe what you see on {LINK}",
        "What is on the picture?\nhttps://example.org/a/cat.JPG",
        "Which style is it?\n![a painting](https://example.org/7)",
        "Write a caption.\n[image of a harbour]",
        "Write a caption.\nPicture: (attached photo)",
        "Sum up.\n<link to article>",
        "Analyse the speech.\n[Insert speech]",
    ],
)
def test_an_answer_about_what_is_only_pointed_to_is_found(prompt: str) -> None:
    answers = ("It tells of a town by the sea.", "I cannot open links.", None)
    pairs = [(prompt, answer) for answer in answers]
    assert of_answers("unseen_source", *pairs) == [True, False, None]


@pytest.mark.parametrize(
    "prompt",
    [
        f"Identify the domain of this URL: {LINK}",
        f"Summarize the article.\n{LINK}\nThe town has saved its library.",
        f"Which page has the rules? {LINK}",
        "<image>\nWhat is on the plate?",
        "Describe the painting The Starry Night.",
        "Name the capital of <insert name of a country> - Canada",
        f"Summarize.\n{'It rained all day. ' * 30}\n[image of rain]",
    ],
)
def test_what_can_be_read_or_is_not_to_be_looked_at_is_none(prompt: str) -> None:
    assert of_answers("unseen_source", (prompt, "It tells of a town by the sea.")) == [False]
