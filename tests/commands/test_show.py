import json

import pytest
from click.testing import CliRunner

from curate.cli import curate
from tests.commands.conftest import ESCAPE, Call
from tests.conftest import Workbench, tickets


def test_the_summary_says_what_is_in_a_version(call: Call) -> None:
    shown = json.loads(call("show", "support@2", "--json").stdout)
    assert shown["kinds"] == {"sft": shown["records"]}
    assert sum(shown["splits"].values()) == shown["records"]
    assert shown["quarantined"] == 1
    assert [one["step"] for one in shown["counts"]] == ["read", "rules", "exact_dedup", "split"]
    assert "exact_dedup" in call("show", "support@2").stdout


def test_statistics_are_of_the_records(call: Call) -> None:
    found = json.loads(call("show", "support@1", "--stats", "--json").stdout)
    spreads = {one["what"]: one for one in found["spreads"]}
    assert spreads["turns"]["smallest"] == spreads["turns"]["largest"] == 2
    assert spreads["response words"]["smallest"] == 0
    assert spreads["response words"]["median"] == 12
    assert "text words" not in spreads


def test_label_values_that_are_not_listed_are_counted(bench: Workbench) -> None:
    rows = tickets(14)
    bench.write([row | {"number": str(at % 7)} for at, row in enumerate(rows)])
    words = "{prompt: prompt, response: response, labels: {'a \"b\"': number}}"
    bench.build(bench.recipe("", f"{{path: data, name: tickets, map: {words}}}"))
    store = ("--store", str(bench.store.folder))
    shown = CliRunner().invoke(curate, ["show", "support", "--stats", *store]).stdout
    assert 'a "b"  records' in shown
    assert "\n2 more values\n" in shown


def test_two_pages_at_once_are_refused(call: Call) -> None:
    call("show", "support@1", "--stats", "--sample", "2", code=2)
    call("show", "support@1", "--stats", "--dropped", code=2)


def test_an_empty_page_says_so(call: Call) -> None:
    assert "Nothing was dropped" in call("show", "support@1", "--dropped").stdout


def test_what_was_dropped_is_counted_by_rule(call: Call) -> None:
    found = json.loads(call("show", "support@2", "--dropped", "--json").stdout)
    rules = {one["rule"]: one["records"] for one in found["rules"]}
    assert rules["exact-duplicate"] == 1
    empty = next(one for one in found["records"] if one["rule"] == "empty-answer")
    assert (empty["file"], empty["line"]) == ("tickets.jsonl", 2)


def test_a_sample_is_the_same_each_time(call: Call) -> None:
    first = call("show", "support@1", "--sample", "3", "--json").stdout
    assert first == call("show", "support@1", "--sample", "3", "--json").stdout
    assert len(json.loads(first)) == 3


def test_the_recipe_is_printed_as_it_was_written(call: Call) -> None:
    assert call("show", "support@1", "--recipe").stdout.startswith("dataset: support\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "support@1", "--sample", "20"),
        ("show", "support@1", "--quarantine"),
        ("show", "support@2", "--dropped", "--all"),
        ("why", "tickets.jsonl:6"),
        ("why", "tickets.jsonl:21"),
        ("diff", "support@1", "support@2", "--all"),
        ("sql", "SELECT * FROM records"),
        ("sql", "SELECT raw::VARCHAR FROM quarantine"),
    ],
)
def test_no_escape_sequence_of_a_record_reaches_the_terminal(
    call: Call, arguments: tuple[str, ...]
) -> None:
    shown = call(*arguments).stdout
    assert shown
    assert not set(ESCAPE) & set("\x1b\x07\u202e\x9b") & set(shown)


def test_the_summary_says_what_was_checked_and_how_duplicates_were_found(bench: Workbench) -> None:
    bench.write(tickets(20))
    bench.write([{"prompt": "Which planet is the largest of all?"}], "suite.jsonl")
    bench.build(bench.recipe("  - near_dedup\n  - decontaminate: {against: suite.jsonl}\n"))
    store = ["--store", str(bench.store.folder)]
    shown = " ".join(CliRunner().invoke(curate, ["show", "support", *store]).stdout.split())
    assert "near_dedup: 16 bands of 6 MinHash values find 99.2% of the pairs" in shown
    assert "0 contaminated by tulu3, 0 near misses, of suite.jsonl (1)" in shown
