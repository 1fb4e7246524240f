import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from curate.errors import InputError, MissingExtraError, NotFoundError, RefusedError
from curate.models import embedding
from curate.models.embedding import UNIT, Vectors, embed
from curate.models.embedding_files import EmbeddingFiles, find_embedding
from tests.models.static import WORDS, make_sentence_transformer, make_static

pytest.importorskip("model2vec")
# model2vec leaves the files that it reads and writes to be closed by the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

RANDOM = np.random.default_rng(2)
TEXTS = [
    " ".join(RANDOM.choice(WORDS, size)) for size in (1, 2, 3, 15, 16, 17, 40, 90, 5, 5, 5, 33, 200)
]


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingFiles:
    return find_embedding(str(make_static(tmp_path_factory.mktemp("static"))), Path())


@pytest.fixture(scope="session")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingFiles:
    if find_spec("sentence_transformers") is None:
        pytest.skip("sentence-transformers is not installed")
    folder = make_sentence_transformer(tmp_path_factory.mktemp("transformer"))
    return find_embedding(str(folder), Path())


@pytest.fixture(params=["static", "transformer"])
def model(request: pytest.FixtureRequest) -> EmbeddingFiles:
    found: EmbeddingFiles = request.getfixturevalue(request.param)
    return found


def lengths(vectors: Vectors) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.linalg.norm(vectors / UNIT, axis=1)
    return found


def test_vectors_are_those_of_the_library_to_four_digits(model: EmbeddingFiles) -> None:
    if model.kind == "static":
        from model2vec import StaticModel

        expected = StaticModel.from_pretrained(model.files.folder).encode(TEXTS)
    else:
        from sentence_transformers import SentenceTransformer

        expected = SentenceTransformer(str(model.files.folder), device="cpu").encode(TEXTS)
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    made = embed(model, TEXTS, 512)
    assert made.dtype == np.int16
    assert np.abs(made / UNIT - expected).max() < 0.6 / UNIT
    assert np.abs(lengths(made) - 1).max() < 1e-3
    cosines = (made / UNIT) @ (made / UNIT).T
    assert np.abs(cosines - expected @ expected.T).max() < 2e-4


def test_order_and_company_change_no_vector(model: EmbeddingFiles) -> None:
    whole = embed(model, TEXTS, 512)
    assert (embed(model, TEXTS[::-1], 512)[::-1] == whole).all()
    assert (np.concatenate([embed(model, [text], 512) for text in TEXTS]) == whole).all()
    many = [text for text in TEXTS for _ in range(3)]
    assert (embed(model, many, 512) == whole.repeat(3, axis=0)).all()


def test_what_is_behind_the_cut_is_not_looked_at(model: EmbeddingFiles) -> None:
    short, long = " ".join(WORDS[:30]), " ".join(WORDS[:60])
    cut = 30 if model.kind == "static" else 32
    assert (embed(model, [short], cut) == embed(model, [long], cut)).all()
    assert (embed(model, [short], 64) != embed(model, [long], 64)).any()


def test_a_text_that_the_model_knows_nothing_of_has_no_direction(static: EmbeddingFiles) -> None:
    made = embed(static, ["nothing known", "", WORDS[0]], 512)
    assert made.any(axis=1).tolist() == [False, False, True]
    assert embed(static, [], 512).shape[0] == 0


def test_a_model_is_known_by_all_its_files(transformer: EmbeddingFiles, tmp_path: Path) -> None:
    copy = shutil.copytree(transformer.files.folder, tmp_path / "copy")
    assert find_embedding("copy", tmp_path).files.hash == transformer.files.hash
    (copy / "1_Pooling" / "config.json").write_text("{}")
    assert find_embedding("copy", tmp_path).files.hash != transformer.files.hash


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("./no-such-folder", "there is no folder"),
        ("too/many/parts", "there is no folder"),
        ("no valid id", "no valid id on the Hub"),
        ("empty", "has no modules.json"),
    ],
)
def test_a_model_that_is_not_there_is_told_with_what_would_be_right(
    tmp_path: Path, name: str, found: str
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match=found) as caught:
        find_embedding(name, tmp_path)
    assert "modules.json and *.safetensors" in caught.value.right


def test_what_could_run_code_is_refused(static: EmbeddingFiles, tmp_path: Path) -> None:
    copy = shutil.copytree(static.files.folder, tmp_path / "copy")
    (copy / "modules.json").write_text('[{"idx": 0, "path": "", "type": "own.Module"}]')
    with pytest.raises(RefusedError, match=r"own\.Module"):
        find_embedding("copy", tmp_path)
    shutil.copy(static.files.folder / "modules.json", copy)
    (copy / "2_Dense").mkdir()
    (copy / "2_Dense" / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(RefusedError, match="pickled"):
        find_embedding("copy", tmp_path)


def test_damaged_files_and_a_missing_extra_are_told_in_one_line(
    static: EmbeddingFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(static.files.folder, tmp_path / "copy")
    (copy / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be loaded"):
        embed(find_embedding("copy", tmp_path), ["a"], 512)
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'curate\[embedding\]'"):
        embedding.require(static, "step semantic_dedup")
