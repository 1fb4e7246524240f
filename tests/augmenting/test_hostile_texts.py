from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from curate.augmenting.applying import reworded
from curate.augmenting.protecting import Stretch, protected
from curate.augmenting.registry import augmenter_of
from tests.augmenting.made import MODELS, SETTINGS
from tests.augmenting.texts import hostile_texts

TEXTS = hostile_texts(1000)
KEPT = [protected(text) for text in TEXTS]

LONG = 2000
"""Characters of texts that are too long for models on two cores; a few are tried all the same."""


def check(
    name: str, settings: dict[str, Any], base: Path, rows: Sequence[int], kept: Sequence[Any]
) -> None:
    """Reword some of the texts; that stretches stay, in order, is checked by `reworded` too."""
    texts = [TEXTS[row] for row in rows]
    stays: list[list[Stretch]] = [kept[row] for row in rows]
    answers = reworded(augmenter_of(name, settings, base), texts, stays, rows)
    assert answers != texts
    for text, answer, stretches in zip(texts, answers, stays, strict=True):
        place = 0
        for start, end in stretches:
            place = answer.index(text[start:end], place) + end - start
        assert bool(text.strip()) == bool(answer.strip())


@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_no_text_makes_it_fail_or_loses_what_must_stay(
    name: str, settings: dict[str, Any], files: Path
) -> None:
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    check(name, settings, files, range(len(TEXTS)), KEPT)


@pytest.mark.parametrize(("name", "settings"), MODELS)
def test_no_text_makes_a_model_fail_or_loses_what_must_stay(
    name: str, settings: dict[str, Any], models: Path
) -> None:
    rows = [row for row, text in enumerate(TEXTS) if len(text) < LONG]
    check(name, settings, models, rows, KEPT)
    long = [row for row, text in enumerate(TEXTS) if len(text) >= LONG][:3]
    # Whole, since passages of the others have no word.
    check(name, settings, models, [rows[-1], rows[-2], rows[-3], *long], [[] for _ in TEXTS])
