"""Hidden states as vectors: those of the model itself, of a text's own tokens alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.conftest import Workbench, tickets
from tests.operators.likelihoods import LONG, SHORT, TALKS, Direct, made, texts_of

torch = pytest.importorskip("torch")


def vectors(folder: Path, texts: pa.StringArray, **settings: Any) -> list[Any]:
    found = made("hidden_state", folder, **settings).measure(texts)["hidden_state"].to_pylist()
    return [None if each is None else np.frombuffer(each, "<i2") for each in found]


def weighted(direct: Direct, ids: list[int]) -> Any:
    """The definition: of n tokens the i-th weighs i / (1 + ... + n)."""
    with torch.no_grad():
        output = direct.model(input_ids=torch.tensor([ids]), output_hidden_states=True)
    states = output.hidden_states[-1][0].numpy()
    weights = np.arange(1, len(ids) + 1)
    mean = (weights[:, None] * states).sum(axis=0) / weights.sum()
    return 16_384 * mean / np.linalg.norm(mean)


def test_vectors_are_weighted_means_of_the_models_last_states(folder: Path, direct: Direct) -> None:
    records = list(TALKS.values())
    found = vectors(folder, texts_of(records))
    for record, vector in zip(records, found, strict=True):
        ids = direct.rendered(record, len(record["messages"]))[:256]
        assert np.abs(vector - weighted(direct, ids)).max() <= 0.51


def test_padding_and_neighbours_count_nothing(folder: Path) -> None:
    """Published code weighs padded places too, so that a vector depends on the longest text."""
    texts = [*texts_of(list(TALKS.values())).to_pylist(), LONG, SHORT, *LONG.split()[:9]]
    together = vectors(folder, pa.array(texts))
    backwards = vectors(folder, pa.array(texts[::-1]))[::-1]
    for place, text in enumerate(texts):
        (alone,) = vectors(folder, pa.array([text]))
        assert alone.tolist() == together[place].tolist() == backwards[place].tolist()


def test_texts_are_cut_and_texts_without_tokens_have_no_vector(
    folder: Path, direct: Direct
) -> None:
    tokenizer = direct.tokenizer
    cut, nothing = vectors(folder, pa.array([LONG, ""]), fields="text", max_tokens=8)
    ids = tokenizer(LONG, add_special_tokens=False)["input_ids"][:8]
    assert np.abs(cut - weighted(direct, ids)).max() <= 0.51
    assert nothing is None


def test_a_build_stores_vectors_and_tells_the_model(bench: Workbench, folder: Path) -> None:
    bench.write(tickets(12))
    version = bench.build(bench.recipe(f"  - hidden_state: {{model: {folder}}}\n")).version
    assert version is not None
    stored = [row["vector"] for row in bench.store.signals().to_pylist()]
    assert len(stored) == 12
    assert {len(each) for each in stored} == {2 * 64}
    notes = version.manifest["notes"]["hidden_state"]
    assert "chat template: the model's own" in notes[0]
    assert "12 texts represented" in notes[1]
