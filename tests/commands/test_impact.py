import json

from tests.commands.conftest import Call


def test_the_tree_names_the_versions_that_hold_a_record(call: Call) -> None:
    page = call("impact", "tickets.jsonl:8").stdout
    assert "support@1 to @2  split train" in page


def test_records_and_versions_stand_in_one_document(call: Call) -> None:
    record, version = json.loads(call("impact", "tickets.jsonl:2", "support@2", "--json").stdout)
    assert [one["versions"] for one in record["versions"]] == [[1]]
    assert version["version"] == "support@2"
    assert version["runs"] == []


def test_what_is_neither_record_nor_version_is_not_found(call: Call) -> None:
    assert "tickets.jsonl" in str(call("impact", "nothing.jsonl:1", code=5).exception)
    assert "nothing" in str(call("impact", "nothing", code=2).exception)
    assert "no version 9" in str(call("impact", "support@9", code=5).exception)
