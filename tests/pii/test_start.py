"""A process that looks for personal data starts quickly."""

import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from curate.pii import kept


def test_what_was_made_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_HERE", tmp_path / "read-only" / "file")
    (tmp_path / "read-only").write_text("a folder cannot be made below it")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made: list[str] = []

    def make() -> str:
        made.append("pattern é")
        return made[-1]

    assert kept.kept("gate", make) == kept.kept("gate", make) == "pattern é"
    assert len(made) == 1
    assert [path.parent for path in tmp_path.rglob("gate-*")] == [tmp_path / "cache" / "curate"]
    monkeypatch.setattr(kept, "_made_by", lambda: "other")
    kept.kept("gate", make)
    assert len(made) == 2


def test_where_nothing_can_be_kept_it_is_made_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(kept, "_folders", lambda: [tmp_path / "file" / "below"])
    assert [kept.kept("gate", partial(str, text)) for text in ("a", "b")] == ["a", "b"]


def test_no_model_library_is_imported_for_patterns() -> None:
    if find_spec("presidio_analyzer") is None:
        pytest.skip("presidio-analyzer is not installed")
    code = (
        "import sys; from curate.pii.finder import Finder; from curate.pii.recognizers import "
        "DEFAULT_ENTITIES; Finder(DEFAULT_ENTITIES); "
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
