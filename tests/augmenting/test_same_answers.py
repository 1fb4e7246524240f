"""What becomes of a text depends on it, its seed and the settings alone."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from curate.augmenting.registry import augmenter_of
from tests.augmenting.made import MODELS, SETTINGS

TEXTS = [
    "I like the good film and this great story.",
    "We really enjoy a small house on the river. It is very old. You like it.",
    "The child is in the garden",
    "a fast answer to the new question, and the paper.",
    "That was an awful morning! Is it bad?",
    "water is a long thing because people believe it",
]
SEEDS = [11, 22, 33, 44, 55, 66]


@pytest.mark.parametrize(("name", "settings"), [*SETTINGS, *MODELS])
def test_neither_order_nor_company_nor_time_changes_an_answer(
    name: str, settings: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    base: Path = request.getfixturevalue("models" if (name, settings) in MODELS else "files")
    augmenter = augmenter_of(name, settings, base)
    together = augmenter.reword(TEXTS, SEEDS)
    assert len(together) == len(TEXTS)
    assert together != TEXTS
    assert augmenter.reword(TEXTS[::-1], SEEDS[::-1])[::-1] == together
    alone = [augmenter.reword([t], [s])[0] for t, s in zip(TEXTS, SEEDS, strict=True)]
    assert alone == together
    assert augmenter_of(name, settings, base).reword(TEXTS, SEEDS) == together
    assert pickle.loads(pickle.dumps(augmenter)).reword(TEXTS, SEEDS) == together


@pytest.mark.parametrize(("name", "settings"), [*SETTINGS, *MODELS])
def test_a_path_is_no_part_of_the_settings_and_its_content_is_told(
    name: str, settings: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    base: Path = request.getfixturevalue("models" if (name, settings) in MODELS else "files")
    augmenter = augmenter_of(name, settings, base)
    paths = [value for key, value in settings.items() if key.endswith(("_path", "_model_name"))]
    assert bool(paths) == bool(augmenter.files())
    assert not set(paths) & {str(value) for value in augmenter.model_dump(mode="json").values()}


@pytest.mark.parametrize(("name", "settings"), [*SETTINGS, *MODELS])
def test_no_texts_and_empty_ones_are_no_trouble(
    name: str, settings: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    base: Path = request.getfixturevalue("models" if (name, settings) in MODELS else "files")
    augmenter = augmenter_of(name, settings, base)
    for count in (0, 1, 3000):
        texts = [""] * count if (name, settings) in SETTINGS else []
        assert augmenter.reword(texts, [1] * len(texts)) == texts
