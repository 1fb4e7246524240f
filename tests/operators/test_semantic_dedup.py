from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from curate.errors import MissingExtraError
from curate.models.embedding import embed
from curate.models.embedding_files import EmbeddingFiles
from curate.operators.semantic_dedup import SemanticDedup
from curate.recipe import parse_recipe
from curate.semantic import index, nearest
from curate.semantic.kmeans import kmeans
from tests.conftest import Workbench
from tests.models.static import WORDS, make_static
from tests.operators.conftest import Working
from tests.operators.selecting import Facts, select

pytest.importorskip("model2vec")
# model2vec leaves the files that it reads and writes to be closed by the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

Cosines = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_static(tmp_path_factory.mktemp("static")))


def made(model: str, **settings: object) -> SemanticDedup:
    return SemanticDedup.model_validate({"model": model, **settings})


def _model(operator: SemanticDedup) -> EmbeddingFiles:
    assert operator._found is not None
    return operator._found


def mixtures(count: int, seed: int = 1, vocabulary: int = 18) -> list[dict[str, Any]]:
    """Documents of twelve words out of few, so that many pairs are alike to some degree."""
    random = np.random.default_rng(seed)
    return [{"text": " ".join(random.choice(WORDS[:vocabulary], 12))} for _ in range(count)]


def cosines_of(operator: SemanticDedup, texts: list[str]) -> Cosines:
    """The cosine of each pair, from whole numbers in Python alone."""
    rows = embed(_model(operator), texts, 512).tolist()
    dots = [[sum(a * b for a, b in zip(one, two, strict=True)) for two in rows] for one in rows]
    sizes = [dots[place][place] for place in range(len(rows))]
    return np.array(
        [[dot / (a * b) ** 0.5 for dot, b in zip(line, sizes, strict=True)]
         for line, a in zip(dots, sizes, strict=True)]
    )  # fmt: skip


def greedily(cosines: Cosines, threshold: float, fixed: int = 0) -> dict[int, tuple[int, float]]:
    """The definition: of each dropped row its keeper and their cosine."""
    kept: list[int] = list(range(fixed))
    gone = {}
    for row in range(fixed, len(cosines)):
        best = max(kept, key=lambda other: (cosines[row, other], -other), default=None)
        if best is not None and cosines[row, best] >= threshold:
            gone[row] = (best, float(cosines[row, best]))
        else:
            kept.append(row)
    return gone


def dropped(rows: list[dict[str, Any]]) -> dict[int, tuple[int, float]]:
    return {
        int.from_bytes(row["id"], "big"): (int.from_bytes(row["of"], "big"), float(row["value"]))
        for row in rows
    }


@pytest.mark.parametrize("threshold", [0.8, 0.87, 1.0])
def test_every_record_is_compared_with_the_kept_ones_exactly(
    model: str, working: Working, monkeypatch: pytest.MonkeyPatch, threshold: float
) -> None:
    monkeypatch.setattr(nearest, "TILE", 32)
    monkeypatch.setattr("curate.semantic.greedy.BLOCK", 16)
    records = [*mixtures(150), *mixtures(20)]
    operator = made(model, threshold=threshold, keep="lowest-id")
    found = dropped(select(operator, [working(*records)]))
    cosines = cosines_of(operator, [record["text"] for record in records])
    expected = greedily(cosines, threshold)
    assert len(expected) >= 20
    assert found == {row: (of, round(cosine, 4)) for row, (of, cosine) in expected.items()}


def test_what_is_like_a_dropped_record_only_is_kept(model: str, working: Working) -> None:
    # Words swapped one by one: a chain of records of which each is like the next.
    texts = [" ".join([*WORDS[place:12], *WORDS[50 : 50 + place]]) for place in range(5)]
    operator = made(model, threshold=0.8, keep="lowest-id")
    cosines = cosines_of(operator, texts)
    assert min(cosines[place, place + 1] for place in range(4)) > 0.8 > cosines[0, 4]
    found = dropped(select(operator, [working(*({"text": text} for text in texts))]))
    assert found == {row: (of, round(value, 4)) for row, (of, value) in
                     greedily(cosines, 0.8).items()}  # fmt: skip
    assert 4 not in found or found[4][0] != 3


def test_one_record_of_each_meaning_is_kept_by_the_policy(model: str, working: Working) -> None:
    def kept(keep: object, *records: Mapping[str, Any]) -> list[int]:
        gone = dropped(select(made(model, keep=keep), [working(*records)]))
        return [row for row in range(len(records)) if row not in gone]

    said = "word1 word2 word3"
    near = "near1 near2 near3 unknown unknown"
    records = [{"text": said, "source": "b"}, {"text": near, "source": "a"}]
    assert kept("longest", *records) == [1]
    assert kept("shortest", *records) == [0]
    assert kept("lowest-id", *records) == [0]
    assert kept({"sources": ["a", "b"]}, *records) == [1]
    assert kept({"signal": "words", "field": "text"}, *records) == [1]
    assert kept({"signal": "words", "field": "text", "highest": False}, *records) == [0]


def test_prompts_and_responses_are_embedded_together(model: str, working: Working) -> None:
    def chat(prompt: str, response: str) -> dict[str, Any]:
        turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": response}]
        return {"messages": turns, "prompt_turns": 1}

    batch = working(
        chat("word1 word2", "word3 word4"), chat("near1 near2", "near3 near4"),
        chat("word1 word2", "word30 word40"), {"messages": None},
    )  # fmt: skip
    assert list(dropped(select(made(model), [batch]))) == [1]
    found = dropped(select(made(model, fields="prompt"), [batch]))
    assert list(found) == [1, 2]


def test_records_of_a_reference_are_kept_whatever_they_are_like(
    model: str, working: Working
) -> None:
    others = [{"id": (100 + n).to_bytes(16, "big"), "text": "word1 word2"} for n in range(2)]
    batch = working({"text": "near1 near2"}, {"text": "word9"})
    found = select(made(model), [batch], others=[working(*others)])
    assert [(row["id"], row["of"]) for row in found] == [(bytes(16), others[0]["id"])]


def test_an_index_gives_the_same_where_it_finds_all_and_tells_its_recall(
    model: str, working: Working
) -> None:
    pytest.importorskip("usearch")
    batch = working(*mixtures(1_500, vocabulary=200), *mixtures(300, vocabulary=200))
    exact, about = made(model, threshold=0.8), made(model, threshold=0.8, exact_up_to=100)
    expected = select(exact, [batch])
    assert len(expected) >= 300
    assert select(about, [batch]) == expected == select(about, [batch])
    told = about.notes(Facts(about, [batch]))
    assert told[1].startswith("recall: 100.0% of")
    assert "index" in told[0]
    assert index.NEIGHBOURS > 1


def test_order_batches_and_workers_change_nothing(model: str, working: Working) -> None:
    batch = working(*mixtures(400))
    expected = select(made(model, threshold=0.8), [batch])
    backwards = batch.take(pa.array(range(len(batch) - 1, -1, -1)))
    parts = [backwards.slice(start, 7) for start in range(0, len(batch), 7)]
    assert select(made(model, threshold=0.8), parts) == expected
    assert len(expected) > 20


def test_builds_agree_and_embed_nothing_again_for_another_threshold(
    model: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(model).rename(bench.folder / "static")
    try:
        bench.write([{"text": record["text"]} for record in mixtures(120)])
        step = "  - semantic_dedup: {{model: static, threshold: {}}}\n"
        first = bench.build(bench.recipe(step.format(0.8)), workers=2, batch_size=13)
        assert first.version is not None
        assert first.outcome.dropped > 5
        assert bench.build(bench.recipe(step.format(0.8)), batch_size=50).is_new is False
        notes = first.version.manifest["notes"]["semantic_dedup"]
        assert "static" in notes[0]
        assert f"{first.outcome.dropped:,} at 0.8" in notes[1]

        def never(*given: object) -> None:
            raise AssertionError("embedded again")

        monkeypatch.setattr("curate.models.embedding._Static.encode", never)
        for more in ("threshold: 0.95", "keep: shortest", "method: semdedup"):
            other = bench.recipe(f"  - semantic_dedup: {{model: static, {more}}}\n")
            assert bench.build(other).outcome.dropped < first.outcome.dropped + 1
    finally:
        (bench.folder / "static").rename(model)


def test_the_notes_count_what_would_go_at_other_thresholds(model: str, working: Working) -> None:
    batch = working(*mixtures(300))
    operator = made(model)
    select(operator, [batch])
    (_, told) = operator.notes(Facts(operator, [batch]))
    for threshold in (0.8, 0.85, 0.9, 0.95):
        count = len(select(made(model, threshold=threshold), [batch]))
        assert f"{count:,} at {threshold:g}" in told


def test_semdedup_is_the_algorithm_of_its_paper(model: str, working: Working) -> None:
    records = mixtures(300)
    operator = made(model, method="semdedup", clusters=4, threshold=0.82)
    found = dropped(select(operator, [working(*records)], seed=9))
    texts = [record["text"] for record in records]
    cosines = cosines_of(operator, texts)
    vectors = embed(_model(operator), texts, 512)
    assigned, similarity = kmeans(vectors, 4, 9)
    expected = {}
    for cluster in range(4):
        members = [row for row in range(300) if assigned[row] == cluster]
        # The farthest from the centroid first, as in the pseudo-code of appendix A.
        members.sort(key=lambda row: (similarity[row], row))
        for place, row in enumerate(members[1:], start=1):
            best = max(members[:place], key=lambda other: cosines[row, other])
            if cosines[row, best] > 0.82:
                expected[row] = (best, round(float(cosines[row, best]), 4))
    assert found == expected
    assert len(found) > 20
    assert any(of in found for of, _ in found.values()), "removals chain"


def test_clusters_are_those_of_k_means(model: str) -> None:
    operator = made(model)
    vectors = embed(_model(operator), [each["text"] for each in mixtures(300)], 512)
    assigned, similarity = kmeans(vectors, 5, 0)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    means = np.stack([units[assigned == cluster].mean(axis=0) for cluster in range(5)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert ((units @ means.T).argmax(axis=1) == assigned).mean() > 0.99
    assert np.abs((units @ means.T).max(axis=1) - similarity).max() < 1e-3


def test_a_name_is_no_part_of_what_is_computed(model: str, tmp_path: Path) -> None:
    import shutil

    copy = str(shutil.copytree(model, tmp_path / "copy"))
    assert made(copy).fingerprint() == made(model).fingerprint()
    assert made(copy).model_dump_json() == made(model).model_dump_json()
    other = str(make_static(tmp_path / "other", seed=6))
    assert made(other).facts_fingerprint() != made(model).facts_fingerprint()
    changes: list[dict[str, object]] = [{"threshold": 0.8}, {"keep": "shortest"}]
    for settings in [*changes, dict[str, object](method="semdedup")]:
        again = made(model, **settings)
        assert again.facts_fingerprint() == made(model).facts_fingerprint()
        assert again.fingerprint() != made(model).fingerprint()
    facts: list[dict[str, object]] = [{"fields": "prompt"}, {"max_tokens": 64}]
    for settings in facts:
        assert made(model, **settings).facts_fingerprint() != made(model).facts_fingerprint()


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("model: ./no-such", "there is no folder"),
        ("threshold: 0.9", "wants the score 'embedding'"),
        ("model: MODEL, fields: promt", "did you mean 'prompt'"),
        ("model: MODEL, threshold: 1.2", "above 0 and at most 1"),
        ("model: MODEL, method: semdedup, against: a.jsonl", "method neighbours"),
        ("model: MODEL, method: semdedup, keep: shortest", "method neighbours"),
        ("model: MODEL, clusters: 3", "method semdedup"),
        ("model: MODEL, keep: {signal: wrods}", "did you mean 'words'"),
    ],
)
def test_wrong_settings_are_told_with_the_recipe(
    model: str, tmp_path: Path, settings: str, found: str
) -> None:
    text = (
        "dataset: d\nsources: [{path: data}]\nsteps:\n"
        f"  - semantic_dedup: {{{settings.replace('MODEL', model)}}}\n"
    )
    with pytest.raises(Exception, match=found):
        parse_recipe(text, tmp_path / "recipe.yaml")


def test_a_missing_extra_is_told_in_one_line(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curate.models.embedding.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'curate\[embedding\]'"):
        made(model)
