import json

from curate.rulepacks import pack_bytes, parse_pack
from tests.commands.conftest import ESCAPE, Call
from tests.conftest import Workbench


def test_the_page_tells_what_every_rule_dropped_and_marks_those_that_never_fired(
    call: Call,
) -> None:
    page = call("audit", "support").stdout
    lines = {line.split()[0]: line for line in page.splitlines() if line}
    assert "support@2, step rules  20 records came, 1 dropped (5.00 %)" in page
    assert lines["empty-answer"].split() == [
        *("empty-answer", "empty-turn", "1", "1.00")
    ]  # its last line: the two fail together
    assert lines["empty-turn"].split() == ["empty-turn", "record", "1", "0", "5.00", "%"]
    assert lines["prompt-echo"].split() == ["prompt-echo", "response", "0", "0", "never", "fired"]
    assert page.count("never fired") == len(parse_pack(pack_bytes("chat")).rules) - 2


def test_the_document_has_all_figures(call: Call) -> None:
    found = json.loads(call("audit", "support", "--by", "source", "--json").stdout)
    assert found["version"] == "support@2"
    (step,) = found["steps"]
    assert {name: step[name] for name in ("step", "came", "dropped", "by")} == {
        **{"step": "rules", "came": 20, "dropped": 1},
        "by": "source",
    }
    rules = {one["rule"]: one for one in step["rules"]}
    assert rules["empty-answer"] | {"what": ""} == {
        **{"rule": "empty-answer", "what": "", "field": "response", "limit": None},
        **{"failed": 1, "alone": 0, "share": 0.05, "dead": False},
    }
    assert rules["refusal"]["dead"]
    assert step["overlaps"] == [
        {"first": "empty-answer", "second": "empty-turn", "both": 1, "jaccard": 1.0}
    ]
    (slice_,) = step["slices"]
    assert (slice_["value"], slice_["came"], slice_["dropped"]) == ("tickets", 20, 1)
    assert {one["rule"] for one in slice_["rules"]} == set(rules)


def test_slices_are_told_with_the_rules_that_dropped_some_of_them(call: Call) -> None:
    page = call("audit", "support", "--by", "split").stdout
    # A duplicate that a later step dropped has no split either.
    assert ["none", "2", "1", "50.00", "%"] in [line.split() for line in page.splitlines()]
    assert "empty-answer  none        1      0   50.00 %" in page


def test_one_step_can_be_asked_for(call: Call) -> None:
    assert "step rules" in call("audit", "support", "--step", "rules").stdout
    error = call("audit", "support", "--step", "rule", code=5).exception
    assert "Did you mean 'rules'?" in str(error)


def test_a_version_without_rules_says_so(call: Call) -> None:
    assert call("audit", "support@1").stdout == "No step of this version has rules.\n"
    found = json.loads(call("audit", "support@1", "--json").stdout)
    assert found == {"version": "support@1", "steps": []}


def test_what_is_wrong_is_told(call: Call) -> None:
    assert "Did you mean 'support'?" in str(call("audit", "suport", code=5).exception)
    assert "rules come before splits" in str(call("audit", "support:eval", code=2).exception)
    assert "no split 'test'" in str(call("audit", "support:test", code=5).exception)
    assert "Did you mean 'license'?" in str(
        call("audit", "support", "--by", "licence", code=2).exception
    )
    assert "has this label" in str(call("audit", "support", "--by", "labels.x", code=5).exception)


def test_labels_cannot_command_the_terminal(told: Workbench, call: Call) -> None:
    rows = [{"key": str(n), "prompt": "Q?", "response": "", "topic": ESCAPE} for n in range(3)]
    told.write(rows, "more/more.jsonl")
    source = "{path: more, name: more, map: {prompt: prompt, response: response, "
    recipe = told.recipe("  - rules: chat\n", source + "labels: {topic: topic}}}", "more")
    told.build(recipe)
    page = call("audit", "more", "--by", "labels.topic").stdout
    assert "owned" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
