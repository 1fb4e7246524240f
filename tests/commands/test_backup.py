import json
from pathlib import Path

from click.testing import CliRunner

from curate.cli import curate
from tests.commands.conftest import Call


def test_a_store_goes_into_a_backup_and_comes_back(call: Call, tmp_path: Path) -> None:
    assert "2 versions" in call("backup", str(tmp_path / "copy")).stdout
    assert json.loads(call("backup", str(tmp_path / "copy"), "--json").stdout)["copied"] == 0
    call("restore", str(tmp_path / "copy"), code=7)
    new = ["--store", str(tmp_path / "new")]
    result = CliRunner().invoke(curate, ["restore", str(tmp_path / "copy"), "--json", *new])
    assert json.loads(result.stdout)["versions"] == 2
    assert "whole:" in CliRunner().invoke(curate, ["verify", *new]).stdout
