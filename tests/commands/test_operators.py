import json

from curate.operators import load
from tests.commands.conftest import Call


def test_every_operator_is_listed_with_a_line(call: Call) -> None:
    listed = json.loads(call("operators", "--json").stdout)
    assert [one["name"] for one in listed] == sorted(load())
    assert all(one["what"] and one["kind"] for one in listed)


def test_every_setting_is_described(call: Call) -> None:
    for name in load():
        described = json.loads(call("operators", name, "--json").stdout)
        for one in described["settings"]:
            assert one["description"], f"{name}.{one['setting']}"
            assert one["type"], f"{name}.{one['setting']}"
        assert name in call("operators", name).stdout


def test_an_unknown_operator_gets_a_suggestion(call: Call) -> None:
    assert "exact_dedup" in str(call("operators", "exact_dedupe", code=5).exception)
