import json

import pytest
from click.testing import CliRunner

from curate.cli import curate
from tests.conftest import Workbench

WORDS = [f"word{n}" for n in range(40)]


def row(ticket: str, prompt: str, answer: str) -> dict[str, str]:
    return {"ticket": ticket, "prompt": prompt, "response": answer}


TRAIN = [
    row("a", "What is it?", " ".join(WORDS)),
    row("b", "And that?", "A lamp, of course."),
    row("c", "Who is there?", "Nobody but me."),
]
EVAL = [
    row("d", "what  is it?", " ".join([*WORDS[:-1], "else"])),
    row("e", "AND that?", "a lamp, of course."),
    row("f", "who is there?", "Somebody else entirely."),
    row("g", "Is this new?", "It is."),
    # Near to the first of its own side, but not to any of the other.
    row("h", "what is it?!", " ".join([*WORDS[8:-1], "else", *(f"more{n}" for n in range(8))])),
]


@pytest.fixture
def two(bench: Workbench) -> Workbench:
    for name, rows in (("train", TRAIN), ("eval", EVAL)):
        bench.write(rows, f"{name}/rows.jsonl")
        source = f"{{path: {name}, name: {name}}}"
        bench.build(bench.recipe("", source=source, dataset=name))
    return bench


def told(bench: Workbench, *arguments: str, code: int) -> str:
    store = ["--store", str(bench.folder / "store")]
    result = CliRunner().invoke(curate, ["leaks", *arguments, *store])
    found = getattr(result.exception, "exit_code", result.exit_code)
    assert found == code, result.output + repr(result.exception)
    return result.stdout


def test_equal_records_near_ones_and_equal_prompts_are_told_apart(two: Workbench) -> None:
    found = json.loads(told(two, "train", "eval", "--json", code=12))
    kinds = {kind: len(found[kind]) for kind in ("exact", "near", "prompt")}
    assert kinds == {"exact": 1, "near": 1, "prompt": 1}
    assert (found["leaked"], found["records"]) == (3, 5)
    (near,) = found["near"]
    assert 0.8 <= near["similarity"] < 1
    assert not {near["id"]} & {row["id"] for row in (*found["exact"], *found["prompt"])}


def test_a_looser_threshold_finds_more(two: Workbench) -> None:
    found = json.loads(told(two, "train", "eval", "--json", "--threshold", "0.4", code=12))
    assert len(found["near"]) == 2


def test_what_shares_nothing_leaks_nothing(two: Workbench) -> None:
    two.write([row("z", "Entirely other?", "Yes, entirely.")], "new/rows.jsonl")
    two.build(two.recipe("", source="{path: new, name: new}", dataset="new"))
    assert "0.0%" in told(two, "train", "new", code=0)


def test_a_person_is_shown_what_leaks(two: Workbench) -> None:
    text = told(two, "train", "eval", code=12)
    assert "eval@1 (5 records) beside train@1 (3)" in text
    assert "AND that? / a lamp, of course." in text


def test_splits_by_cluster_leak_nothing(bench: Workbench) -> None:
    rows = [
        row(f"{n}-{twin}", f"Question {n}?", " ".join(f"{w}x{n}" for w in WORDS[twin:]))
        for n in range(40)
        for twin in range(3)
    ]
    bench.write(rows)
    bench.build(bench.recipe("  - split: {eval: 0.3, by: id}\n"))
    bench.build(bench.recipe("  - split: {eval: 0.3}\n"))
    told(bench, "support@1:train", "support@1:eval", code=12)
    told(bench, "support@2:train", "support@2:eval", code=0)
    told(bench, "support@2:eval", "support@2:train", code=0)
