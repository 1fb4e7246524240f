"""What other limits would gain and lose, held against builds that have them."""

from typing import Any

import pytest

from curate.errors import CurateError, NotFoundError, RecipeError, RefusedError, UsageError
from curate.history.whatif import StepOutcome, limits_of, whatif
from curate.history.whatif_settings import settings_of
from curate.store import Version
from tests.conftest import Workbench
from tests.history.conftest import Make, Row, ticket

PACK = """
pack: mine
version: 1
what: Mine.
rules:
  - {id: short, what: S., why: T., where: characters < limit, limit: 6, good: [abcdefg], bad: [a]}
  - {id: few, what: F., why: T., where: words < limit, limit: 2, good: [a b], bad: [a]}
  - {id: loud, what: L., why: T., match: "[A-Z]{3}", good: [a], bad: [AAA]}
  - {id: echo, what: E., why: T., where: prompt_echo >= 1, good: [a], bad: [
      {prompt: a, response: a}]}
  - {id: long-talk, field: record, what: T., why: T., where: turns > limit, limit: 5,
     good: [a], bad: [{messages: [{role: user}, {role: user}, {role: user}, {role: user},
       {role: user}, {role: user}]}]}
"""
STEPS = "  - repair\n  - rules: {pack: mine.yaml, name: first}\n"
ANSWERS = [
    "No",
    "Yes it is",
    "OK",
    "A fine answer",
    "LOUD words here",
    "One",
    "a b c",
    "No",
    "Ãœ b",
]


def rows() -> list[Row]:
    found = [ticket(f"k{n}", f"Question {n}?", text) for n, text in enumerate(ANSWERS)]
    return [*found, ticket("echo", "Say it again", "Say it again")]


@pytest.fixture
def built(make: Make, bench: Workbench) -> Version:
    (bench.folder / "mine.yaml").write_text(PACK)
    return make(rows(), STEPS + "  - exact_dedup: response\n")


def only(version: Version, *changes: str, **more: Any) -> StepOutcome:
    (outcome,) = whatif(version, changes, **more)
    return outcome


def ids(version: Version) -> set[bytes]:
    return set(version.members()["id"].to_pylist())


@pytest.mark.parametrize(
    "changes",
    [
        {"short": 3, "few": 1},
        {"few": 1},
        {"short": 0, "few": 4},
        {"loud": "off"},
        {"echo": "off", "few": "off", "short": 4},
        {"long-talk": 1},
    ],
)
def test_what_is_gained_and_lost_is_what_a_build_gains_and_loses(
    make: Make, bench: Workbench, changes: dict[str, Any]
) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    before = make(rows(), STEPS)
    outcome = only(before, *(f"{rule}={limit}" for rule, limit in changes.items()), samples=20)
    settings = settings_of(before, outcome.step, outcome.changes)
    limits = ", ".join(f"{k}: {v}" for k, v in settings.get("limits", {}).items())
    disable = ", ".join(settings.get("disable", ()))
    step = f"{{pack: mine.yaml, name: first, limits: {{{limits}}}, disable: [{disable}]}}"
    after = make(rows(), f"  - repair\n  - rules: {step}\n")
    assert {one.id for one in outcome.gained.samples} == ids(after) - ids(before)
    assert {one.id for one in outcome.lost.samples} == ids(before) - ids(after)
    assert outcome.passed + outcome.gained.records - outcome.lost.records == after.records
    assert outcome.lost.members == outcome.lost.records


def test_the_sides_tell_values_sizes_and_what_later_steps_dropped_anyway(built: Version) -> None:
    gained = only(built, "short=2", "few=1", samples=9).gained
    assert (gained.records, gained.members) == (6, 0)
    assert {one.content["messages"][1]["content"] for one in gained.samples if one.content} == {
        *("No", "OK", "One", "a b c", "Ü b")
    }
    (one,) = (s for s in gained.samples if s.line == 6)
    assert one.values == (("few", "1"), ("short", "3"))
    assert gained.slices[0]._asdict() == {"by": "source", "value": "tickets", "records": 6}
    answers = ["No", "OK", "One", "a b c", "No", "Ü b"]
    assert gained.characters == sum(map(len, answers)) + 6 * len("Question 1?")


def test_a_lost_record_that_a_later_step_dropped_is_no_member(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    twins = [ticket(key, "Q?", "The same answer") for key in ("a", "b", "c")]
    outcome = only(make(twins, STEPS + "  - exact_dedup\n"), "few=9")
    assert outcome.lost.records == 3
    assert outcome.lost.members == 1
    assert outcome.lost.dropped_later == (("exact_dedup", 2),)
    assert (outcome.before, outcome.after) == (("repair",), ("exact_dedup",))


def test_undesired_answers_are_lost_only_to_rules_that_judge_them(
    make: Make, bench: Workbench
) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    pairs = [ticket(str(n), f"Q{n}", "a b c d") | {"label": n == 0} for n in range(3)]
    version = make(pairs, STEPS)
    assert version.kinds() == {"unpaired": 3}
    assert only(version, "few=9").lost.records == 1


def test_a_curve_counts_at_limits_that_values_have(built: Version) -> None:
    (rule,) = only(built, curves=["few"]).rules
    points = {point.limit: (point.gained, point.lost) for point in rule.curve}
    assert points[2] == (0, 0)
    assert points[3] == (0, 0)
    assert sorted(points) == [point.limit for point in rule.curve]


def test_every_rule_is_listed_with_what_it_dropped(built: Version) -> None:
    listed = {one.rule.id: (one.dropped, one.alone) for one in limits_of(built)}
    assert listed == {
        "short": (6, 2), "few": (4, 0), "loud": (1, 1), "echo": (1, 1), "long-talk": (0, 0)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ("shrt=3", NotFoundError, "Did you mean 'short'?"),
        ("second.short=3", NotFoundError, "Did you mean"),
        ("loud=3", RecipeError, "it has a pattern, and no limit. `loud=off` leaves"),
        ("echo=3", RecipeError, "it has no limit"),
        ("short=many", RecipeError, "Expected a number, like 6 now"),
        ("short=NaN", RecipeError, "Expected a number"),
        ("short", UsageError, "Write rule=limit"),
    ],
)
def test_a_change_that_makes_no_sense_says_what_would(
    built: Version, change: str, kind: type[CurateError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        whatif(built, [change])
    assert said in str(caught.value)


def test_a_rule_of_several_steps_needs_its_step(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    version = make(rows(), STEPS + "  - rules: {pack: mine.yaml, name: second, limits: {few: 3}}\n")
    with pytest.raises(UsageError, match=r"first\.few or second\.few"):
        whatif(version, ["few=1"])
    assert only(version, "second.few=4").lost.records == 2


def test_stored_values_are_used_and_missing_ones_are_measured_again(
    built: Version, bench: Workbench
) -> None:
    stored = only(built, "short=3", "few=1")
    assert (stored.measured.stored > 0, stored.measured.again) == (True, 0)
    with bench.store.commit() as connection:
        connection.execute("DELETE FROM cat.base.files WHERE kind = 'judged'")
    again = only(built, "short=3", "few=1")
    assert (again.measured.stored, again.measured.again) == (0, 10)
    assert (again.gained, again.lost) == (stored.gained, stored.lost)


def test_a_split_is_not_asked(built: Version) -> None:
    with pytest.raises(UsageError, match="rules come before splits"):
        whatif(built.with_split("train"), ["few=1"])


def test_a_version_without_its_rules_is_refused(built: Version) -> None:
    bare = Version(**(built.__dict__ | {"manifest": {}}))
    with pytest.raises(RefusedError, match="does not hold its rules"):
        whatif(bare, ["few=1"])
