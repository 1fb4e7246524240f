"""Every change between two versions has its cause."""

from typing import Any

from curate.history import Difference, diff
from tests.conftest import Workbench
from tests.history.conftest import ROWS, Make, ticket

SHORT = "  - rules: {pack: short.yaml, limits: {too-short: %d}}\n"


def told(found: Difference) -> list[tuple[str, int, str, str]]:
    return [(cause.change, cause.number, cause.what, cause.why) for cause in found.causes]


def test_equal_versions_differ_in_nothing_and_read_no_payload(make: Make) -> None:
    version = make()
    found = diff(version, version)
    assert not found.causes
    assert not found.recipe
    assert list(found.changes()) == []


def test_a_changed_limit_is_named_with_both_values_and_what_was_measured(make: Make) -> None:
    before, after = make(steps=SHORT % 2), make(steps=SHORT % 6)
    found = diff(before, after)
    why = "limits.too-short 2 -> 6"
    assert told(found) == [("removed", 1, "dropped by rules: too-short", why)]
    (change,) = found.changes("removed")
    assert [(rule.rule, rule.value, rule.limit) for rule in change.failed] == [
        ("too-short", "4", "6")
    ]
    assert told(diff(after, before)) == [
        ("added", 1, "no longer dropped by rules: too-short", "limits.too-short 6 -> 2")
    ]


def test_a_limit_that_changed_within_a_pack_is_found_in_the_ledgers(
    make: Make, bench: Workbench
) -> None:
    rows = [*ROWS, ticket("f", "And?", "No.")]
    before = make(rows, "  - rules: short.yaml\n")
    pack = bench.folder / "short.yaml"
    pack.write_text(pack.read_text().replace("limit: 5", "limit: 17"))
    found = diff(before, make(rows, "  - rules: short.yaml\n"))
    assert [(cause.number, cause.why) for cause in found.causes] == [
        (1, "limit of too-short 5 -> 17")
    ]


def test_an_added_step_is_why_its_records_are_dropped(make: Make) -> None:
    found = diff(make(), make(steps="  - exact_dedup\n"))
    assert told(found) == [
        ("removed", 1, "dropped by exact_dedup: exact-duplicate", "step exact_dedup was added")
    ]
    (change,) = found.changes()
    assert change.twin is not None


def test_an_edit_names_its_step_and_the_words(make: Make) -> None:
    found = diff(make(), make(steps="  - repair\n"))
    assert told(found) == [("edited", 1, "edited by repair", "step repair was added")]
    (change,) = found.changes("edited")
    (content,) = found.content_changes([change]).values()
    (text,) = [one for one in content.texts if one.state == "edited"]
    assert (text.place, text.role) == ("messages[1].content", "assistant")
    assert "".join(piece.text for piece in text.pieces if piece.kind != "delete") == (
        "The café is red and blue."
    )
    assert told(diff(found.after, found.before)) == [
        ("edited", 1, "no longer edited by repair", "step repair was removed")
    ]


def test_lines_of_the_source_that_come_go_and_change(make: Make) -> None:
    before = make()
    rows = [ROWS[0] | {"response": "Very well."}, *ROWS[2:], ticket("z", "New?", "Quite new.")]
    found = diff(before, make(rows))
    changed = "tickets.jsonl changed"
    assert told(found) == [
        ("removed", 1, "gone from source tickets", changed),
        ("added", 1, "new in source tickets", changed),
        ("edited", 1, "changed in source tickets", changed),
    ]
    (new,) = found.changes("added")
    assert (new.file, new.line) == ("tickets.jsonl", 5)


def test_a_duplicate_comes_back_when_its_twin_is_gone(make: Make) -> None:
    before = make(steps="  - exact_dedup\n")
    kept = before.ledger().filter(_drops(before)).to_pylist()[0]["of"]
    twin = next(row for row in before.members().to_pylist() if row["id"] == kept)
    rows = [row for at, row in enumerate(ROWS, start=1) if at != twin["line"]]
    found = diff(before, make(rows, "  - exact_dedup\n"))
    assert (
        "added",
        1,
        "no longer dropped by exact_dedup: exact-duplicate",
        "its twin is gone",
    ) in (told(found))


def test_causes_that_are_told_alike_are_one_cause_with_all_their_records(make: Make) -> None:
    # One goes for a twin that was there, another, whose id is higher, for one that is new.
    rows = [
        *ROWS,
        ticket("x", "Twice?", "Indeed."),
        *(ticket(k, "Why?", "So it is.") for k in "qz"),
    ]
    before = make(rows[:-1])
    found = diff(before, make(rows, "  - exact_dedup\n"))
    removed = [cause for cause in found.causes if cause.change == "removed"]
    assert len(removed) == 1
    assert len(found.examples(removed[0], None)) == removed[0].number == found.number("removed")
    twins = {change.twin for change in found.changes("removed")}
    members = set(before.members().column("id").to_pylist())
    assert twins & members
    assert twins - members


def _drops(version: Any) -> Any:
    import pyarrow.compute as pc

    return pc.equal(version.ledger().column("action"), "drop")


def test_an_edited_line_without_a_key_is_matched_by_its_prompt(make: Make) -> None:
    keyless = "{path: data, name: tickets}"
    before = make(source=keyless)
    rows = [ROWS[0] | {"response": "Very well."}, *ROWS[1:]]
    found = diff(before, make(rows, source=keyless))
    ((change, number, what, _),) = told(found)
    assert (change, number) == ("edited", 1)
    assert "matched by the prompt" in what
    (one,) = found.changes()
    assert one.matched not in (None, one.id)
    assert one.before != one.after


def test_a_mended_line_was_in_quarantine(make: Make) -> None:
    before = make([*ROWS, '{"key": "q", "prompt": '])
    found = diff(before, make([*ROWS, ticket("q", "Mended?", "It is.")]))
    assert [cause.what for cause in found.causes] == [
        "its line of source tickets could not be read"
    ]


def test_a_seed_moves_records_between_splits(make: Make) -> None:
    rows = [ticket(str(n), f"Question {n}?", f"Answer {n}.") for n in range(60)]
    step = "  - split: {eval: 0.3}\n"
    found = diff(make(rows, step), make(rows, step, seed=8))
    assert {cause.change for cause in found.causes} == {"moved"}
    assert {cause.why for cause in found.causes} == {"seed 7 -> 8"}
    assert {cause.what for cause in found.causes} == {
        "train -> eval by split",
        "eval -> train by split",
    }
    split = diff(found.before.with_split("eval"), found.after.with_split("eval"))
    assert {cause.what for cause in split.causes if cause.change == "removed"} == {"eval -> train"}
    sides = diff(found.before.with_split("eval"), found.before.with_split("train"))
    assert {cause.what for cause in sides.causes} == {
        "of split eval, which B leaves out",
        "of split train, which A leaves out",
    }


def test_preference_pairs_that_an_edit_makes_identical_are_told_so(make: Make) -> None:
    pair = {"key": "p", "prompt": "Which?", "chosen": "The cafÃ©.", "rejected": "The café."}
    other = {"key": "o", "prompt": "Which?", "chosen": "This.", "rejected": "That."}
    found = diff(make([pair, other]), make([pair, other], "  - repair\n"))
    assert told(found) == [
        ("removed", 1, "dropped by repair: pair-identical", "step repair was added")
    ]


def test_datasets_with_the_same_source_are_compared_by_id(make: Make) -> None:
    found = diff(make(), make(ROWS[:4], dataset="other"))
    assert [(cause.change, cause.number) for cause in found.causes] == [("removed", 1)]
    assert [(one.name, one.before, one.after) for one in found.recipe.settings] == [
        ("dataset", "support", "other")
    ]
    counts = {(one.by, one.name): (one.before, one.after) for one in found.counts}
    assert counts["records", ""] == (5, 4)
    assert counts["source", "tickets"] == (5, 4)
