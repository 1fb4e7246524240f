import json

from tests.commands.conftest import Call


def test_every_field_has_its_origin(call: Call) -> None:
    page = call("blame", "tickets.jsonl:8").stdout
    assert "messages[1].content" in page
    assert "tickets/tickets.jsonl:8" in page
    (found,) = json.loads(call("blame", "tickets.jsonl:8", "--json").stdout)
    assert found["version"] == 2
    assert {one["field"] for one in found["fields"]} >= {"messages[0].role", "split"}


def test_an_older_version_is_asked_by_at(call: Call) -> None:
    (found,) = json.loads(call("blame", "tickets.jsonl:8", "--at", "support@1", "--json").stdout)
    assert found["version"] == 1


def test_what_a_record_says_cannot_command_the_terminal(call: Call) -> None:
    page = call("blame", "tickets.jsonl:6").stdout
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_bad_line_is_no_record(call: Call) -> None:
    assert "could not be a record" in str(call("blame", "tickets.jsonl:21", code=5).exception)
