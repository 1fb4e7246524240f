import json

from tests.commands.conftest import Call


def test_the_page_has_the_recipe_the_causes_and_examples(call: Call) -> None:
    page = call("diff", "support@1", "support@2").stdout
    for words in (
        "+ support@2",
        "step exact_dedup added",
        "dropped by exact_dedup: exact-duplicate",
        "step rules was added",
        "train -> eval by split",
        "tickets/tickets.jsonl:2",
    ):
        assert words in page


def test_the_document_has_every_change_with_its_cause(call: Call) -> None:
    found = json.loads(call("diff", "support@1", "support@2", "--json").stdout)
    assert len(found["changes"]) == sum(cause["number"] for cause in found["causes"])
    for change in found["changes"]:
        assert found["causes"][change["cause"]]["change"] == change["change"]
        assert len(bytes.fromhex(change["id"])) == 16


def test_examples_can_be_none_or_all(call: Call) -> None:
    none = call("diff", "support@1", "support@2", "--examples", "0").stdout
    everything = call("diff", "support@1", "support@2", "--all").stdout
    assert "tickets/tickets.jsonl" not in none
    assert everything.count("tickets/tickets.jsonl") == len(
        json.loads(call("diff", "support@1", "support@2", "--json").stdout)["changes"]
    )


def test_equal_versions_differ_in_nothing(call: Call) -> None:
    assert "No record differs" in call("diff", "support@1", "support@1").stdout
