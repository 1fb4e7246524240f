import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from curate.errors import RecipeError
from curate.readers import read
from curate.readers.hub import arrow_files, hub_address
from curate.recipe.source import Source


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("hf://org/name", ("org/name", "name", None, None, None)),
        ("hf://name:test", ("name", "name", None, None, "test")),
        ("hf://org/name@refs/pr/1:train", ("org/name", "name", None, "refs/pr/1", "train")),
        ("hf://org/name/main@v1", ("org/name", "name", "main", "v1", None)),
    ],
)
def test_an_address_is_taken_apart(path: str, parts: tuple[str | None, ...]) -> None:
    assert hub_address(path) == parts


@pytest.mark.parametrize("path", ["hf://", "hf:///name", "hf://a/b/c/d", "hf://a/b:train[:9]"])
def test_what_is_no_address_is_an_error_of_the_recipe(path: str) -> None:
    with pytest.raises(RecipeError, match="org/name@revision:split"):
        hub_address(path)


def test_the_arrow_files_behind_a_dataset_are_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps({"question": "q", "answer": "a"}))
    files = {"train": str(tmp_path / "a.jsonl")}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path / "cache"))
    [file] = arrow_files(loaded)
    assert file.name.startswith("train/")
    [part] = read(file, Source(path="hf://org/name:train"), 9)
    assert part.records.column("source").to_pylist() == ["name"]
    assert part.records.column("prompt_turns").to_pylist() == [1]


def test_without_a_network_the_error_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    script = (
        "from pathlib import Path\n"
        "from curate.errors import InputError\n"
        "from curate.readers import resolve\n"
        "from curate.recipe.source import Source\n"
        "try:\n"
        "    resolve(Source(path='hf://org/name:train'), Path())\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    settings = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=settings, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("hf://org/name:train: ")
    assert done.stdout.count("\n") == 1
