import json

from tests.commands.conftest import Call


def test_without_changes_the_rules_are_listed(call: Call) -> None:
    page = call("whatif", "support").stdout
    assert "prompt-echo" in page
    found = json.loads(call("whatif", "support", "--json").stdout)
    (empty,) = (one for one in found["rules"] if one["id"] == "empty-answer")
    assert (empty["dropped"], empty["alone"]) == (1, 0)


def test_the_page_names_both_sides_and_what_to_write_into_the_recipe(call: Call) -> None:
    page = call("whatif", "support", "empty-answer=off", "empty-turn=1").stdout
    assert "gained" in page
    assert "tickets/tickets.jsonl:2" in page
    assert "limits: {empty-turn: 1}" in page
    assert "disable: [empty-answer]" in page
    assert "Not run again: exact_dedup, split (after it)" in page


def test_the_document_has_samples_and_settings(call: Call) -> None:
    page = call("whatif", "support", "empty-answer=off", "empty-turn=1", "--json").stdout
    (step,) = json.loads(page)["steps"]
    assert step["gained"]["records"] == 1
    assert step["gained"]["samples"][0]["line"] == 2
    assert step["settings"] == {"limits": {"empty-turn": 1}, "disable": ["empty-answer"]}


def test_what_a_record_says_cannot_command_the_terminal(call: Call) -> None:
    page = call("whatif", "support", "empty-turn=-1", "--samples", "40").stdout
    assert "lost" in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_an_unknown_rule_is_not_found(call: Call) -> None:
    assert "Did you mean 'prompt-echo'?" in str(
        call("whatif", "support", "prompt-eco=3", code=5).exception
    )
