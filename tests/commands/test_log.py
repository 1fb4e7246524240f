import json

from tests.commands.conftest import Call
from tests.conftest import Workbench


def test_versions_are_listed_newest_first_with_what_changed(call: Call, told: Workbench) -> None:
    call("tag", "golden", "support@1")
    newest, first = json.loads(call("log", "--json").stdout)
    assert (newest["version"], first["version"]) == ("support@2", "support@1")
    assert (first["added"], first["removed"]) == (20, 0)
    assert newest["removed"] == 20 - newest["records"] > 0
    assert newest["moved"] > 0
    assert first["tags"] == ["golden"]
    shown = call("log", "support").stdout
    assert "golden" in shown
    assert "just now" in shown


def test_an_unknown_dataset_is_not_found(call: Call) -> None:
    assert "support" in str(call("log", "suport", code=5).exception)
