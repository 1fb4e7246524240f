"""`curate decontam`: what is printed, and how it ends."""

import json
from datetime import datetime

import pytest

from curate.commands.decontam import HITS_SHOWN
from curate.store import Run
from tests.commands.conftest import ESCAPE, Call
from tests.conftest import Workbench, write_lines

ASKED = "How do I reset device number 7?"
"""A prompt of the store, of fewer than eight words."""


@pytest.fixture
def suite(told: Workbench) -> str:
    rows = [
        {
            "question": "Where is the button that resets a device without a lamp?",
            "answer": "Below.",
        },
        {"question": ASKED, "answer": "Hold the button of device 12 for ten seconds, then let go."},
    ]
    return str(write_lines(told.folder / "suite.jsonl", rows))


def test_hits_stand_in_their_text_with_what_a_suite_has(call: Call, suite: str) -> None:
    result = call("decontam", "support@1", "--against", suite, code=12)
    assert "support@1, tulu3: 8 words in a row, more than 50% of an instance" in result.stdout
    assert "2 records contaminated" in result.stdout
    assert "  messages[0].content  [How do I reset device number 7]?" in result.stdout
    assert "100.0% of an answer of" in result.stdout
    assert "support@1: 2 records are contaminated" in str(result.exception)


def test_the_document_has_the_texts_of_all_spans(call: Call, suite: str) -> None:
    page = call("decontam", "support@2", "--against", suite, "--json", code=12).stdout
    told = json.loads(page)
    assert (told["version"], told["contaminated"], told["hits"]) == ("support@2", 2, 2)
    texts = {span["text"] for hit in told["hits_listed"] for span in hit["spans"]}
    assert texts == {
        "How do I reset device number 7",
        "Hold the button of device 12 for ten seconds, then let go",
    }
    assert told["suites"][0]["short_answers"] == 1
    assert told["notes"][0].endswith("1 answers of fewer than 8 words are not compared")


def test_a_version_without_a_hit_ends_well(told: Workbench, call: Call, suite: str) -> None:
    rows = [{"question": "Which lamp burns longest in a cold and wet cellar?", "answer": "Mine."}]
    other = str(write_lines(told.folder / "other.jsonl", rows))
    assert (
        "0 records contaminated, 0 near misses"
        in call("decontam", "support", "--against", other).stdout
    )
    # The answer has fewer than forty words, and the question is matched whole.
    options = ("--against", suite, "--n", "40", "--json")
    assert json.loads(call("decontam", "support@1", *options, code=12).stdout)["contaminated"] == 1
    assert call("decontam", "support@1", "--against", suite, "--field", "system").exit_code == 0


def test_another_version_is_a_suite(call: Call) -> None:
    told = json.loads(
        call("decontam", "support@2:train", "--against", "support@2:eval", "--json").stdout
    )
    assert told["contaminated"] == 0
    assert told["suites"][0]["name"] == "support@2:eval"
    all_of_it = call("decontam", "support@2", "--against", "support@1", "--json", code=12)
    told = json.loads(all_of_it.stdout)
    assert told["suites"][0]["questions"] == 20


def test_the_models_that_learned_a_hit_are_told(told: Workbench, call: Call, suite: str) -> None:
    version = told.store.version("support@1")
    found = json.loads(call("decontam", "support@1", "--against", suite, "--json", code=12).stdout)
    all_of_them = [f"{hit['id']}:0" for hit in found["hits_listed"]]
    for name, excluded in (("both", []), ("one", all_of_them[:1]), ("none", all_of_them)):
        of = (version.dataset, version.number, version.snapshot, "train")
        model = ("model", "base", f"runs/{name}", 3)
        started = datetime(2026, 1, 1)
        run = Run(name, "train", "sft", *of, *model, started=started, excluded=excluded)
        told.store.record_run(run)
    again = json.loads(call("decontam", "support@1", "--against", suite, "--json", code=12).stdout)
    assert [(one["run"]["run"], one["records"]) for one in again["runs"]] == [
        ("both", 2),
        ("one", 1),
    ]
    page = call("decontam", "support@1", "--against", suite, code=12).stdout
    assert "2 learned by both" in page
    assert "none" not in page


def test_a_record_cannot_command_the_terminal(told: Workbench, call: Call) -> None:
    rows = [{"question": "?", "answer": f"Press {ESCAPE} and wait for ten seconds."}]
    path = write_lines(told.folder / "escapes.jsonl", rows)
    page = call("decontam", "support@1", "--against", str(path), "--n", "5", code=12).stdout
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_many_hits_are_counted(told: Workbench, call: Call) -> None:
    told.write([{"prompt": f"{ASKED} {n}", "response": "Yes."} for n in range(HITS_SHOWN + 3)])
    told.build(told.recipe("", dataset="many"))
    path = write_lines(told.folder / "one.jsonl", [{"question": "reset device", "answer": "a"}])
    page = call("decontam", "many", "--against", str(path), "--rule", "gpt4", code=12).stdout
    assert "3 more hits: --json has them" in page


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--against", "no/such.jsonl"], 4, "there is no such file"),
        (["--against", "nothing"], 5, "neither a file"),
        (["--against", "support@1", "--rule", "tulu"], 2, "did you mean 'tulu3'?"),
        (["--against", "support@1", "--share", "2"], 2, "--share"),
        (["--against", "support@1", "--field", "promt"], 2, "'promt' is no field"),
        (["--against", "support@1", "--rule", "palm", "--share", "0"], 2, "every record"),
        ([], 2, "--against"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    call: Call, options: list[str], code: int, said: str
) -> None:
    result = call("decontam", "support", *options, code=code)
    assert said in f"{result.exception}{result.output}"
