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


def test_a_tag_can_say_what_it_is_for_and_be_called_otherwise(call: Call) -> None:
    call("tag", "golden", "support@1", "-m", "for the demo")
    call("tag", "golden", "-m", "for the release")
    call("tag", "golden", "support@2", "--move")
    (one,) = json.loads(call("tag", "--json").stdout)
    assert (one["version"], one["note"]) == (2, "for the release")
    call("tag", "golden", "--rename", "best")
    assert "for the release" in call("tag").stdout
    assert json.loads(call("tag", "--json").stdout)[0]["tag"] == "best"
    call("tag", "other", "support@1")
    call("tag", "best", "--rename", "other", code=7)
    call("tag", "best", "--rename", "support", code=7)
    call("tag", "bets", "--rename", "new", code=5)
    call("tag", "best", "support@1", "--rename", "new", code=2)
    call("tag", "new", "-m", "nothing yet", code=2)


def test_gc_never_drops_what_has_a_name(call: Call) -> None:
    call("tag", "golden", "support@1")
    call("gc", "--drop", "support@1", code=7)
    call("gc", "--keep", "1")
    assert json.loads(call("show", "golden", "--json").stdout)["version"] == "support@1"
