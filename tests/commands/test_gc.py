import json

from tests.commands.conftest import Call
from tests.conftest import Workbench


def test_versions_are_dropped_after_a_look_at_what_would_go(call: Call, told: Workbench) -> None:
    call("gc", "--drop", "support@2", code=7)
    call("gc", "--drop", "support", code=2)
    planned = json.loads(call("gc", "--drop", "support@1", "--dry-run", "--json").stdout)
    assert (planned["done"], planned["dropped"]) == (False, ["support@1"])
    assert len(told.store.versions()) == 2
    printed = call("gc", "--drop", "support@1").stdout
    assert "dropped: support@1" in printed
    assert "bytes stay for commands that are reading them" in printed
    assert [version.number for version in told.store.versions()] == [2]
    call("gc", "--grace", "0")
    assert "Nothing to free." in call("gc", "--grace", "0").stdout
    assert "whole:" in call("verify", "--deep").stdout
