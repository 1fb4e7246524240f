import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from curate.hashing import digest
from curate.operators.split import Split
from curate.synthetic import marked
from tests.operators.conftest import Working
from tests.operators.selecting import select


def records(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": digest(str(number).encode()),
            "messages": [{"role": "user", "content": f" Question  {number % 100}"}],
            "prompt_turns": 1,
        }
        for number in range(count)
    ]


def splits(batch: pa.RecordBatch, seed: int = 0, **choices: Any) -> dict[bytes, str]:
    rows = select(Split(**{"by": "id", **choices}), [batch], seed)
    assert all(row["action"] == "split" for row in rows)
    return {row["id"]: row["split"] for row in rows}


def test_a_growing_dataset_keeps_every_record_where_it_is(working: Working) -> None:
    small, large = records(500), records(2000)
    before = splits(working(*small), eval=0.1, test=0.1)
    after = splits(working(*reversed(large)), eval=0.1, test=0.1)
    assert before == {row["id"]: after[row["id"]] for row in small if row["id"] in after}


def test_shares_are_kept_up_to_chance(working: Working) -> None:
    counts = Counter(splits(working(*records(4000)), eval=0.1, test=0.2).values())
    assert 320 < counts["eval"] < 480
    assert 700 < counts["test"] < 900


def test_more_for_eval_moves_nothing_out_of_eval(working: Working) -> None:
    batch = working(*records(1000))
    assert splits(batch, eval=0.05).items() <= splits(batch, eval=0.1).items()


def test_another_seed_makes_another_split(working: Working) -> None:
    batch = working(*records(300))
    assert splits(batch, seed=1, eval=0.3) != splits(batch, seed=2, eval=0.3)


def test_equal_prompts_stay_together(working: Working) -> None:
    batch = working(*records(1000))
    chosen = splits(batch, eval=0.2, by="prompt")
    places: dict[str, set[str]] = {}
    for row in batch.to_pylist():
        question = row["messages"][0]["content"]
        places.setdefault(question, set()).add(chosen.get(row["id"], "train"))
    assert {len(found) for found in places.values()} == {1}
    assert {"eval", "train"} == set().union(*places.values())


def test_case_and_spaces_do_not_part_prompts_and_documents_go_by_their_text(
    working: Working,
) -> None:
    twins = [{"text": "One  page"}, {"text": "one page "}, {"messages": [], "prompt_turns": 0}]
    first, second, _ = Split(by="prompt").facts(working(*twins), 0).column(0).to_pylist()
    assert first == second


def test_a_position_is_the_hash_of_seed_and_id(working: Working) -> None:
    name = bytes(range(16))
    [position] = Split().facts(working({"id": name}), 7).column("position").to_pylist()
    wanted = digest(b"curate.split.1", b"7", name)
    assert position == int.from_bytes(wanted[:8], "little")


def test_shares_must_leave_something_for_train() -> None:
    with pytest.raises(ValueError, match="leave nothing for train"):
        Split(eval=0.5, test=0.5)
    with pytest.raises(ValueError, match="both 0"):
        Split(eval=0)


def labelled(count: int) -> list[dict[str, Any]]:
    topics = ["rare"] * 40 + ["common"] * (count - 40)
    return [
        {**row, "labels": f'{{"topic":"{topic}"}}'}
        for row, topic in zip(records(count), topics, strict=True)
    ]


def test_a_number_of_records_is_met_exactly(working: Working) -> None:
    counts = Counter(splits(working(*records(1000)), eval=137, test=50).values())
    assert counts == {"eval": 137, "test": 50}


def test_every_value_of_a_label_gives_its_share(working: Working) -> None:
    rows = labelled(1000)
    chosen = splits(working(*rows), eval=0.1, test=50, stratify="labels.topic")
    counts = Counter((row["labels"], chosen.get(row["id"])) for row in rows)
    rare, common = '{"topic":"rare"}', '{"topic":"common"}'
    assert (counts[rare, "eval"], counts[common, "eval"]) == (4, 96)
    assert (counts[rare, "test"], counts[common, "test"]) == (2, 48)


def test_groups_stay_whole_when_a_number_is_asked_for(working: Working) -> None:
    batch = working(*records(1000))
    chosen = splits(batch, eval=95, by="prompt")
    assert len(chosen) == 90, "prompts of ten records each"
    sides: dict[str, set[str]] = {}
    for row in batch.to_pylist():
        sides.setdefault(row["messages"][0]["content"], set()).add(chosen.get(row["id"], "train"))
    assert {len(found) for found in sides.values()} == {1}


def test_the_order_of_arrival_makes_no_difference_to_numbers(working: Working) -> None:
    rows = labelled(300)
    choices: dict[str, Any] = {"eval": 31, "by": "prompt", "stratify": "labels.topic"}
    assert splits(working(*rows), **choices) == splits(working(*reversed(rows)), **choices)


def test_a_label_is_named_as_one() -> None:
    with pytest.raises(ValueError, match=r"write `labels\.NAME`"):
        Split(stratify="topic")


WORDS = [f"word-{letter}-" for letter in "abcdefghijklmnopqrs"]


def said(question: str, answer: str, name: int) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"id": digest(str(name).encode()), "messages": turns, "prompt_turns": 1}


def related() -> list[dict[str, Any]]:
    """Sixty clusters of three: near-duplicates, and one of the same prompt and another answer."""
    rows = []
    for number in range(60):
        words = [f"{word}{number}" for word in WORDS]
        rows.append(said(f"Tell {number}", " ".join(words), 3 * number))
        rows.append(said(f"Say {number}", " ".join([*words[:-1], "there"]), 3 * number + 1))
        rows.append(said(f" tell  {number}", f"nothing of {number}", 3 * number + 2))
    return rows


def test_clusters_and_prompts_stay_whole_on_one_side(working: Working) -> None:
    rows = related()
    chosen = splits(working(*rows), eval=0.3, by="cluster")
    sides = [chosen.get(row["id"], "train") for row in rows]
    assert all(len(set(sides[at : at + 3])) == 1 for at in range(0, len(sides), 3))
    assert {"eval", "train"} == set(sides)
    assert splits(working(*reversed(rows)), eval=0.3, by="cluster") == chosen


def test_the_side_of_a_cluster_is_that_of_its_lowest_id(working: Working) -> None:
    rows = related()
    alone = splits(working(*rows), eval=0.3, by="id")
    chosen = splits(working(*rows), eval=0.3, by="cluster")
    for at in range(0, len(rows), 3):
        first = min(row["id"] for row in rows[at : at + 3])
        assert chosen.get(rows[at]["id"]) == alone.get(first)


def test_only_clusters_that_gain_a_bridge_move(working: Working) -> None:
    rows = related()
    before = splits(working(*rows), eval=0.3, by="cluster")
    one, other = (row["messages"][1]["content"] for row in (rows[0], rows[30]))
    # Half of each answer: similar to none at 0.5, but its prompts are those of both.
    bridges = [said("Tell 0", f"{one} {other}", 1000), said("Say 10", f"{one} {other} too", 1001)]
    after = splits(working(*rows, *bridges), eval=0.3, by="cluster")
    bridged = {row["id"] for row in (*rows[0:3], *rows[30:33])}
    moved = {row["id"] for row in rows if before.get(row["id"]) != after.get(row["id"])}
    assert moved <= bridged
    assert len({after.get(name, "train") for name in bridged}) == 1


def test_numbers_are_met_with_whole_clusters(working: Working) -> None:
    rows = related()
    chosen = splits(working(*rows), eval=32, test=9, by="cluster")
    assert Counter(chosen.values()) == {"eval": 30, "test": 9}


def with_children(rows: list[dict[str, Any]], prompt: str = "") -> list[dict[str, Any]]:
    """Records with ids, and two children of each whose ids lie before and behind all others."""
    made = []
    for place, row in enumerate(rows):
        parent = bytes([128]) + place.to_bytes(15, "big")
        made.append({**row, "id": parent})
        for number, first in enumerate((0, 255)):
            own = bytes([first]) + (place * 2 + number).to_bytes(15, "big")
            meta = marked(None, "Swap", parent)
            said = f"{prompt or 'another thing'} {place} {number}"
            turns = [{"role": "user", "content": said}, *row["messages"][1:]]
            made.append({**row, "id": own, "meta": meta, "messages": turns})
    return made


@pytest.mark.parametrize(
    "choices",
    [
        {"by": "id", "eval": 0.3},
        {"by": "id", "eval": 90},
        {"by": "prompt", "eval": 0.3},
        {"by": "prompt", "eval": 90},
        {"by": "prompt", "eval": 0.3, "stratify": "labels.topic"},
        {"by": "cluster", "eval": 0.3, "threshold": 1.0},
    ],
)
def test_what_was_made_of_a_record_stays_with_it_and_moves_nothing(
    choices: dict[str, Any], working: Working
) -> None:
    rows = with_children(records(300))
    sides = splits(working(*rows), **choices)
    families: dict[str, set[str]] = {}
    for row in rows:
        parent = json.loads(row.get("meta", "{}")).get("synthetic_of", row["id"].hex())
        families.setdefault(parent, set()).add(sides.get(row["id"], "train"))
    assert all(len(family) == 1 for family in families.values())
    assert {"eval", "train"} == {side for family in families.values() for side in family}
    read = [row for row in rows if "meta" not in row]
    if choices["eval"] == 0.3 and "stratify" not in choices:
        alone = splits(working(*read), **choices)
        assert alone == {row["id"]: sides[row["id"]] for row in read if row["id"] in sides}


@pytest.mark.parametrize("by", ["id", "prompt", "cluster"])
def test_what_was_made_of_one_record_stays_together_where_that_is_gone(
    by: str, working: Working
) -> None:
    rows = [row for row in with_children(records(300)) if "meta" in row]
    sides = splits(working(*rows), by=by, eval=0.3, threshold=1.0)
    pairs = {
        (sides.get(one["id"]), sides.get(other["id"]))
        for one, other in zip(rows[::2], rows[1::2], strict=True)
    }
    assert pairs == {("eval", "eval"), (None, None)}
