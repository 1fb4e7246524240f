import json

from tests.commands.conftest import Call


def test_a_tag_is_given_listed_moved_and_deleted(call: Call) -> None:
    call("tag", "golden", "support@1")
    call("tag", "golden", "support@2", code=7)
    call("tag", "golden", "support@2", "--move")
    (one,) = json.loads(call("tag", "--json").stdout)
    assert (one["tag"], one["version"]) == ("golden", 2)
    assert "support@2" in call("tag").stdout
    call("tag", "golden", "--delete")
    assert json.loads(call("tag", "--json").stdout) == []


def test_a_name_without_a_ref_is_a_usage_error(call: Call) -> None:
    call("tag", "golden", code=2)
    call("tag", "--delete", code=2)
    call("tag", "golden", "support@1", "--delete", code=2)
