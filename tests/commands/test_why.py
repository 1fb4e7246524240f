import json

from tests.commands.conftest import Call
from tests.conftest import Workbench


def test_the_story_names_every_step_and_the_rule(call: Call) -> None:
    page = call("why", "tickets.jsonl:2").stdout
    assert "support@1  a member" in page
    assert "support@2  not a member" in page
    assert "empty-answer" in page
    assert "exact_dedup  " not in page


def test_the_document_has_decisions_and_contents(call: Call) -> None:
    found = json.loads(call("why", "tickets.jsonl:2", "--at", "support@2", "--json").stdout)
    (story,) = found["stories"]
    assert story["versions"] == [2]
    assert story["decisions"][0]["rule"] == "empty-answer"
    again = json.loads(call("why", found["id"][:8], "--json").stdout)
    assert again["id"] == found["id"]


def test_a_record_is_found_by_its_words(call: Call) -> None:
    found = json.loads(call("why", "--find", "reset device number 7?", "--json").stdout)
    assert found["stories"][0]["line"] == 8


def test_what_is_not_there_is_not_found(call: Call) -> None:
    assert "tickets.jsonl" in str(call("why", "nothing.jsonl:1", code=5).exception)


def test_what_the_source_said_otherwise_is_shown_in_words(call: Call, told: Workbench) -> None:
    lines = (told.folder / "data" / "tickets.jsonl").read_text().splitlines()
    lines[7] = lines[7].replace("ten seconds", "six seconds")
    told.write(lines)
    source = "{path: data, name: tickets, key: ticket, map: {prompt: prompt, response: response}}"
    told.build(told.recipe("", source))
    assert "[-ten-]{+six+}" in call("why", "tickets.jsonl:8").stdout


def test_what_would_have_kept_it_is_told(call: Call) -> None:
    page = call("why", "tickets.jsonl:2", "--at", "support@2").stdout
    assert "kept by  rules empty-answer: it has no limit; disable: [empty-answer]" in page
    assert "and by   rules empty-turn: limit >= 1 (now 0)" in page
    assert "never came to exact_dedup, split" in page
