"""Embeddings as a stored signal: made once, whoever uses them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from curate.build.scoring import score
from curate.models import embedding as models
from curate.models.vectors import vectors_of
from curate.operators import embedding
from curate.recipe.problem import RecipeProblemsError
from curate.recipe.step import written_steps
from curate.store.scored import scored_signals
from tests.conftest import Workbench
from tests.models.static import WORDS, make_static

pytest.importorskip("model2vec")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

TALKS = [
    {"prompt": WORDS[n % 5], "response": f"{WORDS[n % 12]} {'near' if n > 12 else 'word'}{n % 5}"}
    for n in range(30)
]


@pytest.fixture
def talks(bench: Workbench) -> Workbench:
    bench.write([*TALKS, {"prompt": "unknown", "response": "words only"}])
    make_static(bench.folder / "emb")
    return bench


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that were embedded."""
    texts: list[str] = []

    def heard(model: Any, given: Any, *more: Any) -> Any:
        texts.extend(given)
        return models.embed(model, given, *more)

    monkeypatch.setattr(embedding, "embed", heard)
    yield texts


def build(bench: Workbench, steps: str) -> Any:
    return bench.build(bench.recipe(steps)).version


def test_no_text_is_embedded_twice_by_builds_scores_and_selections(
    talks: Workbench, embedded: list[str]
) -> None:
    version = build(talks, "  - embedding: emb\n  - semantic_dedup: {threshold: 0.8}\n")
    assert len(embedded) == 31
    build(talks, "  - embedding: emb\n  - semantic_dedup: {threshold: 0.5}\n")
    build(talks, "  - embedding: emb\n  - select: {by: words, top: 5, method: deita}\n")
    steps = [f"embedding: {talks.folder / 'emb'}"]
    score(talks.store, version, written_steps(steps, Path()))
    assert len(embedded) == 31


def test_duplicates_are_those_that_the_model_itself_gives(talks: Workbench) -> None:
    stored = build(talks, "  - embedding: emb\n  - semantic_dedup: {threshold: 0.7}\n")
    own = build(talks, "  - semantic_dedup: {model: emb, threshold: 0.7}\n")
    assert stored.snapshot == own.snapshot
    assert 1 < stored.records < 31


def test_a_vector_is_one_of_its_prompt_and_answer(talks: Workbench) -> None:
    version = build(talks, "  - embedding: {model: emb, fields: [conversation, response]}\n")
    rows = talks.store.signals(["embedding"])
    assert rows["vector"].null_count == 2
    dimensions = {len(one) // 2 for one in rows["vector"].to_pylist() if one is not None}
    assert dimensions == {48}
    lengths = np.sqrt((vectors_of(rows["vector"].drop_null()).astype(float) ** 2).sum(axis=1))
    assert np.allclose(lengths / models.UNIT, 1, atol=1e-3)
    known = {one.field: one for one in scored_signals(version)}
    assert (known["conversation"].records, known["conversation"].values) == (31, 30)


def test_stores_from_before_vectors_are_read_and_added_to(talks: Workbench) -> None:
    build(talks, "  - measure\n")
    for path in (talks.store.folder / "signals").glob("*.parquet"):
        table = pq.read_table(path).drop_columns(["vector"])
        path.chmod(0o644)
        pq.write_table(table, path)
    build(talks, "  - measure\n  - embedding: emb\n  - semantic_dedup: {threshold: 0.9}\n")
    names = set(talks.store.signals()["signal"].to_pylist())
    assert {"words", "embedding"} <= names


def test_forgetting_takes_the_vector_too(talks: Workbench) -> None:
    from curate.upkeep.forget import forget
    from curate.upkeep.holders import Asked

    version = build(talks, "  - embedding: emb\n")
    before = len(talks.store.signals(["embedding"]))
    forget(talks.store, Asked((version.members()["id"][0].as_py().hex(),)), "asked for")
    assert len(talks.store.signals(["embedding"])) == before - 1


def test_what_vectors_need_is_told(talks: Workbench) -> None:
    with pytest.raises(RecipeProblemsError, match="wants the score 'embedding'"):
        build(talks, "  - semantic_dedup\n")
    with pytest.raises(RecipeProblemsError, match="`against` needs a `model`"):
        build(talks, "  - embedding: emb\n  - semantic_dedup: {against: [data]}\n")
    with pytest.raises(RecipeProblemsError, match="did you mean 'response'"):
        build(talks, "  - embedding: {model: emb, fields: [respons]}\n")
    with pytest.raises(RecipeProblemsError, match="step embedding gives a vector"):
        build(talks, "  - embedding: {model: emb, fields: response}\n  - drop: embedding > 1\n")


def test_vectors_of_two_models_are_not_compared(talks: Workbench) -> None:
    make_static(talks.folder / "other", seed=9)
    steps = (
        "  - embedding: {model: emb, fields: conversation}\n"
        "  - embedding: {model: other, fields: text}\n"
        "  - semantic_dedup\n"
    )
    with pytest.raises(RecipeProblemsError, match="make it otherwise"):
        build(talks, steps)
