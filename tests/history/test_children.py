"""What histories tell of records that a step made of others."""

import pytest

from curate.history import find, why
from curate.history.blame import blame
from curate.history.changes import changes_between
from curate.history.difference import diff
from curate.history.impact import impact
from tests.build.swapping import build, members, parents, rows, write_swap
from tests.conftest import Workbench

SWAP = "  - swap: {times: 3, failing: 2}\n"
STEPS = f"  - repair\n  - split: {{eval: 0.2, by: id}}\n{SWAP}  - rules: chat\n"


@pytest.fixture
def swapping(registry: None, filled: Workbench) -> Workbench:
    """A workbench with forty tickets and an expansion."""
    write_swap(filled)
    return filled


def test_a_child_leads_to_its_parent_and_a_parent_to_its_children(swapping: Workbench) -> None:
    build(swapping, STEPS)
    of, found = parents(swapping), members(swapping)
    child = next(id_ for id_ in sorted(of) if id_ in found)
    versions = swapping.store.versions()
    (story,) = why(swapping.store, bytes.fromhex(child), versions).stories
    # Steps before the one that made it have not seen it.
    assert [(one.step, one.action) for one in story.decisions] == [
        ("swap", "add"),
        ("rules", "keep"),
    ]
    made = story.made()
    assert made is not None
    assert (made.rule, made.of) == ("Swap", bytes.fromhex(of[child]))
    (told,) = why(swapping.store, bytes.fromhex(of[child]), versions).stories
    assert bytes.fromhex(child) not in told.twins
    known = {one.id.hex(): one.is_member for one in told.children}
    assert known == {id_: id_ in found for id_, own in of.items() if own == of[child]}
    assert {one.maker for one in told.children} == {"Swap"}


def test_a_rejected_candidate_says_why_and_what_it_would_have_been(swapping: Workbench) -> None:
    build(swapping, STEPS)
    one = rows(swapping, "SELECT id FROM ledger WHERE rule = 'ordinal' ORDER BY id LIMIT 1")[0][
        "id"
    ]
    life = why(swapping.store, bytes.fromhex(one), swapping.store.versions())
    assert [each.action for each in life.stories[0].decisions] == ["add", "drop"]
    assert life.stories[0].decisions[-1].rule == "ordinal"
    assert life.newest_content() is not None
    (remedy,) = life.stories[0].remedies
    assert remedy.change == "another `ordinal` (now 0) of the step swap, or another seed"


def test_a_candidate_that_says_what_another_says_names_that_one_alone(swapping: Workbench) -> None:
    build(swapping, STEPS)
    duplicate = "SELECT id, \"of\" FROM ledger WHERE rule = 'duplicate' ORDER BY id LIMIT 1"
    (row,) = rows(swapping, duplicate)
    life = why(swapping.store, bytes.fromhex(row["id"]), swapping.store.versions())
    (remedy,) = life.stories[0].remedies
    assert remedy.stands_in_the_way[0].hex() == row["of"]
    dropped = "SELECT id FROM ledger WHERE action = 'drop' AND \"of\" IS NOT NULL"
    known = {each["id"] for each in rows(swapping, dropped)}
    assert {one.hex() for one in remedy.stands_in_the_way[1:]} <= known


def test_every_field_of_a_child_is_blamed_on_the_step_and_the_parent(swapping: Workbench) -> None:
    build(swapping, STEPS)
    of, found = parents(swapping), members(swapping)
    child = next(id_ for id_ in sorted(of) if id_ in found)
    (blamed,) = blame(swapping.store, bytes.fromhex(child), swapping.store.versions())
    fields = [one for one in blamed.fields if one.field != "split"]
    assert {one.origin.step for one in fields} == {"swap"}
    assert {one.origin.of for one in fields} == {bytes.fromhex(of[child])}
    assert {one.origin.rule for one in fields} == {"Swap"}


def test_impact_names_children_and_parents(swapping: Workbench) -> None:
    build(swapping, STEPS)
    of, found = parents(swapping), members(swapping)
    child = next(id_ for id_ in sorted(of) if id_ in found)
    kin = impact(swapping.store, bytes.fromhex(child), swapping.store.versions()).kin
    assert (bytes.fromhex(of[child]), "it was made of") in [(one.id, one.relation) for one in kin]


def test_a_place_is_that_of_the_record_that_was_read(swapping: Workbench) -> None:
    build(swapping, STEPS)
    of = parents(swapping)
    found = find(swapping.store, "tickets.jsonl:12", swapping.store.versions()).id
    assert found is not None
    assert found.hex() not in of


def test_a_diff_says_which_step_made_a_child_otherwise_and_why(swapping: Workbench) -> None:
    build(swapping, STEPS)
    build(swapping, STEPS, seed=8)
    before, after = (swapping.store.version(f"support@{number}") for number in (1, 2))
    changed = changes_between(before, after).to_pylist()
    made = [row for row in changed if row["change"] == "edited"]
    assert made
    assert {(row["cause"], row["step"]) for row in made} == {("made", "swap")}
    causes = [cause for cause in diff(before, after).causes if cause.change == "edited"]
    assert [(cause.what, cause.why) for cause in causes] == [
        ("made otherwise by swap", "seed 7 -> 8")
    ]


def test_a_diff_says_that_a_step_no_longer_makes_children(swapping: Workbench) -> None:
    build(swapping, STEPS)
    build(swapping, STEPS.replace(SWAP, ""))
    before, after = (swapping.store.version(f"support@{number}") for number in (1, 2))
    told = [(cause.what, cause.why) for cause in diff(before, after).causes]
    assert ("no longer made by swap", "step swap was removed") in told
    unlike = set(members(swapping, 1)) - set(members(swapping, 2))
    assert unlike == set(parents(swapping, 1)) & set(members(swapping, 1))
