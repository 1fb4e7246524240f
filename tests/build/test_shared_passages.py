"""Passages that records share, cut by a whole build."""

from pathlib import Path
from typing import Any

import pytest

from curate.store import Version
from tests.conftest import Workbench, write_lines

STEP = "  - substring_dedup: {words: 12}\n"
SCRIPTS = (
    "🏊 𠀀 𝒜𝒷 and more of it",
    "e\u0301a\u0308 o\u0302 n\u0303 go",
    "天地玄黄，宇宙洪荒。日月盈昃",
    "ภาษาไทยเป็นภาษาที่มี",
    "plain words of the usual kind",
)


def rows() -> list[dict[str, Any]]:
    """Answers that share passages in several scripts, at their begin, middle and end."""
    made = []
    for number in range(60):
        shared = " ".join([SCRIPTS[number % 5]] * 4)
        own = [f"界{number}é own{n} 🏊{number}" for n in range(2)]
        parts = [[shared, *own], [own[0], shared, own[1]], [*own, shared], own][number % 4]
        made.append({"prompt": f"Question {number}?", "response": " ".join(parts)})
    return [*made, {"prompt": "Bare?", "response": " ".join([SCRIPTS[4]] * 4)}]


@pytest.fixture
def shared(bench: Workbench) -> Workbench:
    bench.write(rows())
    return bench


def answers(version: Version | None) -> dict[bytes, str]:
    assert version is not None
    return {
        row["id"]: row["messages"][-1]["content"]
        for batch in version.batches(["id", "messages"])
        for row in batch.to_pylist()
    }


def test_the_spans_of_the_ledger_lead_from_one_text_to_the_other(shared: Workbench) -> None:
    before = answers(shared.build(shared.recipe("")).version)
    built = shared.build(shared.recipe(STEP))
    assert built.version is not None
    after = answers(built.version)
    ledger = built.version.ledger().to_pylist()
    edits = [row for row in ledger if row["action"] == "edit"]
    assert {row["rule"] for row in ledger} == {"substring-duplicate"}
    assert len(edits) == 40
    assert {row["field"] for row in edits} == {"messages[1].content"}
    for row in edits:
        text = before[row["id"]]
        for span in reversed(row["spans"]):
            text = text[: span["start"]] + text[span["end"] :]
        assert text == after[row["id"]]
    untouched = set(after) - {row["id"] for row in edits}
    assert all(after[each] == before[each] for each in untouched)
    (drop,) = [row for row in ledger if row["action"] == "drop"]
    assert drop["of"] in after
    assert drop["value"] == "1.0"
    (note,) = built.version.manifest["notes"]["substring_dedup"]
    assert note.startswith("40 passages of ")
    assert note.endswith(" words together cut out of 40 records")


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"workers": 2, "batch_size": 9}])
def test_batches_and_workers_make_no_difference(
    shared: Workbench, tmp_path: Path, options: dict[str, Any]
) -> None:
    first = shared.build(shared.recipe(STEP)).version
    other = Workbench(tmp_path / "other")
    other.write(rows())
    second = other.build(other.recipe(STEP), **options).version
    assert first is not None
    assert second is not None
    assert first.snapshot == second.snapshot


def test_a_second_step_cuts_nothing(shared: Workbench) -> None:
    once = shared.build(shared.recipe(STEP)).version
    again = "  - substring_dedup: {words: 12, name: again}\n"
    twice = shared.build(shared.recipe(STEP + again)).version
    assert twice is not None
    assert answers(once) == answers(twice)
    assert "again" not in {row["step"] for row in twice.ledger().to_pylist()}


def test_another_dataset_is_compared_with_and_stays(shared: Workbench) -> None:
    shared.build(shared.recipe(""))
    steps = '  - substring_dedup: {words: 12, against: "support@1"}\n'
    built = shared.build(shared.recipe(steps, dataset="more"))
    # What has no passage is too short for one, and stays.
    assert built.outcome.records == 15
    assert len(answers(shared.store.version("support"))) == 61


def test_a_pair_whose_endings_a_cut_makes_equal_is_dropped(bench: Workbench) -> None:
    passage = " ".join([SCRIPTS[4]] * 4)
    # Whichever has the lower id keeps the passage.
    pairs = [
        {"prompt": "One?", "chosen": f"Yes. {passage}", "rejected": "Yes."},
        {"prompt": "Two?", "chosen": f"Sure. {passage}", "rejected": "Sure."},
    ]
    write_lines(bench.folder / "data/pairs.jsonl", pairs)
    built = bench.build(bench.recipe(STEP))
    assert built.version is not None
    said = [(row["action"], row["rule"]) for row in built.version.ledger().to_pylist()]
    assert sorted(said) == [("drop", "pair-identical"), ("edit", "substring-duplicate")]
    assert built.outcome.records == 1
