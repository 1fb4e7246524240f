"""Finding models: in folders and in the Hub's cache, with a hash over what is loaded."""

import shutil
from pathlib import Path

import pytest

from curate.models.files import find_model, hash_folder
from curate.models.loading import load_model, load_tokenizer
from tests.train.tiny import make_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def test_a_model_of_the_hub_is_read_from_its_cache_and_keeps_its_id_and_commit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "models--org--tiny"
    shutil.copytree(folder, cached / "snapshots" / COMMIT)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    found = find_model("org/tiny")
    assert (found.name, found.revision) == ("org/tiny", COMMIT)
    assert found.hash == hash_folder(folder)
    assert load_model(found).name_or_path == "org/tiny"
    assert len(load_tokenizer(found)) == len(load_tokenizer(find_model(str(folder))))


def test_the_hash_covers_weights_configuration_and_tokenizer_and_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    first = hash_folder(folder)
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "README.md").write_text("A card.")
    (copy / "curate.json").write_text("{}")
    assert hash_folder(copy) == first
    for name in ("model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"):
        before = (copy / name).read_bytes()
        (copy / name).write_bytes(before + b" ")
        assert hash_folder(copy) != first, name
        (copy / name).write_bytes(before)
    (copy / "config.json").rename(copy / "other.json")
    assert hash_folder(copy) != first
