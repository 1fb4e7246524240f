import pyarrow as pa
import pytest

from curate.code_fences import code_blocks
from curate.record import batch_of
from curate.scan import Scan
from curate.signals import SIGNALS, measure


def of_text(name: str, *texts: str | None) -> list[object]:
    batch = batch_of([{}] * len(texts))
    values: list[object] = measure(name, batch, Scan(pa.array(texts, pa.string()))).to_pylist()
    return values


def test_characters_are_code_points_between_the_outer_spaces() -> None:
    assert of_text("characters", " naïve 🎈\n", "", "  ", None) == [7, 0, 0, None]


def test_words_stand_between_white_space_of_any_kind() -> None:
    texts = ("one two\tthree\u3000four ", "", " \n", "不分词", None)
    assert of_text("words", *texts) == [4, 0, 0, 3, None]


def test_a_blank_line_is_none() -> None:
    assert of_text("lines", "a\nb\n", "a\n \nb", "", "\n", None) == [2, 2, 0, 0, None]


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("no code", False),
        ("```py\nx\n```", False),
        ("```py\nx", True),
        ("say ``` inline", False),
        ("````\n```\n````", False),
        ("~~~\n```\n~~~", False),
        ("- item\n    ```\n    x\n    ```", False),
        ("```\nx\n``` not a close", True),
    ],
)
def test_a_fence_is_open_until_its_own_kind_closes_it(text: str, is_open: bool) -> None:
    assert of_text("open_fence", text) == [is_open]


def test_code_blocks_are_what_stands_between_the_fences() -> None:
    text = "a\n```\n\n  x  \n```\nb\n~~~\ny"
    assert [text[block.start : block.end] for block in code_blocks(text)] == ["\n  x  \n", "y"]


def test_every_signal_says_what_it_is_and_answers_an_empty_batch() -> None:
    for name, signal in SIGNALS.items():
        assert signal.what.endswith("."), name
        assert signal.unit
        empty = measure(name, batch_of([]), Scan(pa.array([], pa.string())))
        assert (len(empty), empty.type) == (0, signal.type)
