import hashlib
import os
from pathlib import Path

import pytest

from curate.errors import InputError, RecipeError
from curate.readers import resolve, source_name
from curate.recipe.source import Source


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}\n")


def names(path: str, base: Path, **settings: str) -> list[str]:
    return [file.name for file in resolve(Source.model_validate({"path": path, **settings}), base)]


def test_a_file_is_named_by_itself_and_hashed(tmp_path: Path) -> None:
    put(tmp_path, "in/a.jsonl")
    [file] = resolve(Source(path="in/a.jsonl"), tmp_path)
    assert (file.name, file.bytes) == ("a.jsonl", 3)
    assert file.sha256 == hashlib.sha256(b"{}\n").hexdigest()


def test_a_folder_is_searched_deep_without_hidden_files_and_foreign_endings(tmp_path: Path) -> None:
    put(tmp_path, "d/b.jsonl", "d/a/z.csv", "d/.x.jsonl", "d/.git/y.jsonl", "d/README.md")
    put(tmp_path, "d/dataset_info.json")
    assert names("d", tmp_path) == ["a/z.csv", "b.jsonl"]


def test_a_glob_names_files_from_the_folder_above_its_wildcard(tmp_path: Path) -> None:
    put(tmp_path, "d/2.jsonl", "d/1.jsonl", "d/deep/3.jsonl", "d/notes.md")
    assert names("d/*", tmp_path) == ["1.jsonl", "2.jsonl"]
    assert names("d/**/*.jsonl", tmp_path) == ["1.jsonl", "2.jsonl", "deep/3.jsonl"]


def test_a_file_whose_name_holds_wildcards_is_found(tmp_path: Path) -> None:
    put(tmp_path, "a[1].jsonl")
    assert names("a[1].jsonl", tmp_path) == ["a[1].jsonl"]


def test_a_format_makes_files_of_any_ending_readable(tmp_path: Path) -> None:
    put(tmp_path, "d/part-0", "d/part-1")
    assert names("d", tmp_path, format="jsonl") == ["part-0", "part-1"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none.jsonl", "no such file"),
        ("*.none", "no file matches"),
        ("empty.jsonl", "is empty"),
        ("notes.md", "'.md'"),
        ("docs", "'.md'"),
        ("hollow", "holds no files"),
        ("data.parquet.gz", "'.parquet.gz'"),
    ],
)
def test_what_cannot_be_found_or_read_is_an_error(tmp_path: Path, path: str, said: str) -> None:
    put(tmp_path, "notes.md", "docs/notes.md", "hollow/.hidden", "data.parquet.gz")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(InputError, match=said):
        resolve(Source(path=path), tmp_path)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("in/tickets.json.gz", "tickets"),
        ("in/tickets.v2.jsonl", "tickets.v2"),
        ("in/tickets", "tickets"),
        ("in/v1.2", "v1.2"),
        ("in/*.jsonl", "in"),
        ("hf://org/name@main:train", "name"),
    ],
)
def test_a_source_is_named_by_its_path(path: str, name: str) -> None:
    assert source_name(Source(path=path)) == name


def test_a_given_name_comes_first_and_a_path_without_one_needs_it() -> None:
    assert source_name(Source(path="x.jsonl", name="y")) == "y"
    assert source_name(Source(path="dump.log", format="jsonl")) == "dump"
    with pytest.raises(RecipeError, match="name"):
        source_name(Source(path="*.jsonl"))


@pytest.mark.parametrize("path", ["data", "data/pipe.jsonl", "data/*.jsonl"])
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path, path: str) -> None:
    (tmp_path / "data").mkdir()
    os.mkfifo(tmp_path / "data" / "pipe.jsonl")
    with pytest.raises(InputError, match="a pipe, socket or device"):
        resolve(Source(path=path, name="a"), tmp_path)
