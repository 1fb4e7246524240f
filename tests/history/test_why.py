"""The story of one record."""

from datetime import datetime
from typing import Any

import pytest

from curate.errors import NotFoundError, UsageError
from curate.history import find, find_text, why
from curate.store import Run
from tests.conftest import Workbench
from tests.history.conftest import ROWS, Make, ticket

STEPS = "  - repair\n  - rules: short.yaml\n  - exact_dedup\n"


def record(bench: Workbench, place: str) -> bytes:
    found = find(bench.store, place, bench.store.versions()).id
    assert found is not None
    return found


def test_a_dropped_record_is_found_by_its_place_and_says_rule_value_and_limit(
    make: Make, bench: Workbench
) -> None:
    make(steps=STEPS)
    life = why(bench.store, record(bench, "tickets.jsonl:2"), bench.store.versions())
    (story,) = life.stories
    assert not story.members
    assert [one.action for one in story.decisions] == ["keep", "drop"]
    drop = story.decisions[-1]
    assert (drop.rule, drop.value, drop.limit) == ("too-short", "4", "5")
    content = life.newest_content()
    assert content is not None
    assert content["messages"][1]["content"] == "Yes."


def test_an_edit_shows_its_words_though_only_the_edited_record_is_a_member(
    make: Make, bench: Workbench
) -> None:
    make(steps=STEPS)
    life = why(bench.store, record(bench, "tickets.jsonl:3"), bench.store.versions())
    edit = life.stories[0].decisions[0]
    change = life.edit(edit)
    assert change is not None
    deleted = [p.text for text in change.texts for p in text.pieces if p.kind == "delete"]
    assert deleted
    assert edit.field == "messages[1].content"
    assert [one.split for one in life.stories[0].members] == ["train"]


def test_a_twin_knows_its_keeper_and_the_keeper_its_twin(make: Make, bench: Workbench) -> None:
    version = make(steps=STEPS)
    drop = next(row for row in version.ledger().to_pylist() if row["rule"] == "exact-duplicate")
    twin = why(bench.store, drop["id"], [version]).stories[0]
    assert twin.decisions[-1].of == drop["of"]
    assert why(bench.store, drop["of"], [version]).stories[0].twins == (drop["id"],)


def test_versions_that_tell_the_same_are_folded(make: Make, bench: Workbench) -> None:
    for number in range(4):
        make([*ROWS, ticket(f"n{number}", f"Number {number}?", "Yes, it is one.")], STEPS)
    make(ROWS, "  - repair\n")
    life = why(bench.store, record(bench, "tickets.jsonl:1"), bench.store.versions())
    assert [story.versions for story in life.stories] == [(1, 2, 3, 4), (5,)]


def test_a_line_that_could_not_be_read_is_found_by_its_place(make: Make, bench: Workbench) -> None:
    version = make([*ROWS, "{broken"])
    found = find(bench.store, "tickets.jsonl:6", [version])
    assert found.id is None
    assert [(one.ref, one.raw.strip()) for one in found.bad] == [(version.ref, b"{broken")]


def test_the_runs_that_learned_it_are_those_given_its_split_and_their_heirs(
    make: Make, bench: Workbench
) -> None:
    version = make(steps=STEPS)
    one = record(bench, "tickets.jsonl:1")

    def run(name: str, split: str, model_hash: str = "base", **more: Any) -> None:
        bench.store.record_run(
            Run(
                *(name, "train", "sft", version.dataset, version.number, version.snapshot, split),
                *("model", model_hash, "out", 3),
                started=datetime(2026, 1, 1),
                **more,
            )
        )

    run("all", "")
    run("train", "train", output_hash="trained")
    run("eval", "eval")
    run("too-long", "train", excluded=[f"{one.hex()}:0"])
    run("after", "eval", model_hash="trained", output_hash="again")
    run("and-after", "eval", model_hash="again")
    (story,) = why(bench.store, one, [version]).stories
    assert [found.run for found in story.runs] == ["all", "train"]
    assert [found.run for found in story.heirs] == ["after", "and-after"]


def test_prefixes_texts_and_what_cannot_be_found(make: Make, bench: Workbench) -> None:
    version = make(steps=STEPS)
    one = record(bench, "tickets.jsonl:1")
    assert record(bench, one.hex()[:9].upper()) == one
    assert record(bench, "tickets/tickets.jsonl:1") == one
    assert find_text(bench.store, "Fine, thank", [version]) == one
    with pytest.raises(UsageError, match="empty text"):
        find_text(bench.store, "", [version])
    with pytest.raises(UsageError, match="2 records fit"):
        find_text(bench.store, "?", [make(ROWS[:2])])
    absent = f"{(int(one.hex()[:8], 16) + 1) % 2**32:08x}"
    with pytest.raises(NotFoundError, match=r"nearest ids are .*" + one.hex()):
        record(bench, absent)
    with pytest.raises(NotFoundError, match=r"tickets\.jsonl"):
        record(bench, "other.jsonl:1")
    with pytest.raises(UsageError, match="neither an id nor a place"):
        record(bench, "what")


def test_a_dropped_record_says_at_which_limit_it_stays_and_what_it_never_reached(
    make: Make, bench: Workbench
) -> None:
    version = make(steps=STEPS)
    (story,) = why(bench.store, record(bench, "tickets.jsonl:2"), [version]).stories
    (remedy,) = story.remedies
    assert (remedy.step, remedy.rule, remedy.change) == (
        *("rules", "too-short"),
        "limit <= 4 (now 5)",
    )
    assert remedy.limits == ((None, 4.0),)
    assert story.never_reached == ("exact_dedup",)
    pack = (bench.folder / "short.yaml").read_text()
    (bench.folder / "short.yaml").write_text(pack.replace("limit: 5", "limit: 4"))
    kept = bench.build(bench.recipe(STEPS, "{path: data, name: tickets, key: key}")).version
    assert kept is not None
    assert kept.records == version.records + 1


def test_a_duplicate_says_which_records_stand_before_it(make: Make, bench: Workbench) -> None:
    rows = [ticket(key, "What is it?", "A clock.") for key in "abc"]
    rows.append(ticket("d", "What is it?", "a CLOCK."))
    version = make(rows, "  - exact_dedup\n")
    twins = sorted(
        (row for row in version.ledger().to_pylist() if row["action"] == "drop"),
        key=lambda row: row["id"],
    )
    members = version.members()["id"].to_pylist()
    (last,) = why(bench.store, twins[-1]["id"], [version]).stories
    (remedy,) = last.remedies
    assert remedy.stands_in_the_way == (*members, *(row["id"] for row in twins[:-1]))
    lines = {row["id"]: row["line"] for row in (*twins, *version.members().to_pylist())}
    for twin in twins:
        (story,) = why(bench.store, twin["id"], [version]).stories
        differs = (lines[twin["id"]] == 4) != (lines[members[0]] == 4)
        change = story.remedies[0].change or ""
        assert change.startswith("normalise: false") == differs


def test_a_pattern_has_no_limit_to_move(make: Make, bench: Workbench) -> None:
    version = make(
        [ticket("a", "?", "I'm sorry, but I can't help with that.")], "  - rules: chat\n"
    )
    (story,) = why(bench.store, record(bench, "tickets.jsonl:1"), [version]).stories
    assert story.remedies[0].change == "it has a pattern, and no limit; disable: [refusal]"
