from typing import Any

import pytest

from curate.augmenting.applying import reworded
from curate.augmenting.protecting import protected
from curate.augmenting.registry import augmenter_of
from tests.augmenting.made import SETTINGS
from tests.augmenting.texts import hostile_texts

TEXTS = hostile_texts(1000)
KEPT = [protected(text) for text in TEXTS]


@pytest.mark.parametrize(
    ("name", "settings"), [(name, each) for name, some in SETTINGS.items() for each in some]
)
def test_no_text_makes_it_fail_or_loses_what_must_stay(name: str, settings: dict[str, Any]) -> None:
    """That stretches stay, in order, is checked by `reworded` itself."""
    pytest.importorskip("nlpaug", reason="needs the extra `augment`")
    answers = reworded(augmenter_of(name, settings), TEXTS, KEPT, range(len(TEXTS)))
    assert answers != TEXTS
    for text, answer, kept in zip(TEXTS, answers, KEPT, strict=True):
        place = 0
        for start, end in kept:
            place = answer.index(text[start:end], place) + end - start
        assert bool(text.strip()) == bool(answer.strip())
