"""What each rule dropped, held against the ledger, the account of the build, and other builds."""

from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from curate.errors import CurateError, NotFoundError, RefusedError, UsageError
from curate.history.audit import StepAudit, audit
from curate.history.audit_figures import overlaps_of, rule_figures, with_reasons
from curate.history.audit_groups import MOST_VALUES, Group
from curate.history.used_rules import used_rules
from curate.history.whatif import limits_of, whatif
from curate.store import Version
from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
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
  - {id: endless, what: E., why: T., where: words > limit, limit: 900, good: [a], bad: [a]}
"""
STEPS = """
  - repair
  - rules: {pack: mine.yaml, name: first}
  - exact_dedup: response
  - rules: {pack: mine.yaml, name: second, limits: {few: 3}}
  - split: {eval: 0.5}
"""
ANSWERS = [
    *("No", "Yes it is", "A fine answer", "LOUD words here", "LOUDER", "One", "a b c", "Ãœ b"),
    *("Two words", "Other words", "OK", "A fine answer", "A fine answer here", "Stay with us"),
]

TWICE = """
from typing import ClassVar

import pyarrow as pa

from curate.selection import SelectionOperator


class Twice(SelectionOperator):
    'Makes every record that is left three.'

    name: ClassVar[str] = "twice"
    version: ClassVar[int] = 1

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        return pa.RecordBatch.from_pydict({"n": pa.array([1] * len(batch))})

    def query(self, seed: int) -> str:
        return "SELECT id, copy, 'copy' AS action, 3 AS copies FROM facts"
"""


def rows() -> list[Row]:
    found = []
    for number, text in enumerate(ANSWERS):
        topic = ("billing" if number % 3 else "travel") if number % 5 else None
        found.append(ticket(f"k{number}", f"Question {number}?", text) | {"topic": topic})
    return found


SOURCE = "{path: data, name: tickets, key: key, map: {prompt: prompt, response: response, "
SOURCE += "labels: {topic: topic}}, license: mit}"


@pytest.fixture
def mine(bench: Workbench) -> Workbench:
    (bench.folder / "mine.yaml").write_text(PACK)
    return bench


@pytest.fixture
def built(make: Make, mine: Workbench) -> Version:
    return make(rows(), STEPS, SOURCE)


def failing(version: Version, step: str) -> dict[tuple[bytes, int], set[str]]:
    """The rules that each dropped record failed at a step, read row by row."""
    found: dict[tuple[bytes, int], set[str]] = {}
    for row in version.ledger().to_pylist():
        if row["action"] == "drop" and row["step"] == step:
            found.setdefault((row["id"], row["copy"]), set()).add(row["rule"])
    return found


def came(version: Version) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in version.counts:
        counts[row["step"]] += row["in"]
    return counts


def figures(step: StepAudit) -> dict[str, tuple[int, int]]:
    return {one.rule: (one.failed, one.alone) for one in step.rules}


def test_every_rule_has_the_records_that_the_ledger_says(built: Version) -> None:
    steps = audit(built)
    assert [one.step for one in steps] == ["first", "second"]
    for one in steps:
        sets = list(failing(built, one.step).values())
        assert sets
        assert (one.came, one.dropped) == (came(built)[one.step], len(sets))
        for rule in one.rules:
            assert rule.failed == sum(rule.rule in each for each in sets)
            assert rule.alone == sum(each == {rule.rule} for each in sets)
            assert rule.share == rule.failed / one.came
        assert [rule.rule for rule in one.rules] == ["short", "few", "loud", "endless"]
    assert figures(steps[0]) == {"short": (5, 2), "few": (4, 0), "loud": (2, 1), "endless": (0, 0)}
    assert [rule.limit for rule in steps[1].rules] == [6, 3, None, 900]


def test_pairs_that_fail_together_are_counted_and_the_strongest_stand_first(
    built: Version,
) -> None:
    for one in audit(built):
        sets = list(failing(built, one.step).values())
        expected = {}
        for first, second in combinations(["short", "few", "loud", "endless"], 2):
            both = sum({first, second} <= each for each in sets)
            either = sum(bool({first, second} & each) for each in sets)
            if both:
                expected[first, second] = (both, both / either)
        found = {(pair.first, pair.second): (pair.both, pair.jaccard) for pair in one.overlaps}
        assert found == expected
        assert [pair.jaccard for pair in one.overlaps] == sorted(
            (jaccard for _, jaccard in expected.values()), reverse=True
        )
    assert [(pair.first, pair.second) for pair in audit(built)[0].overlaps] == [
        *(("short", "few"), ("few", "loud"))
    ]


def test_what_a_rule_drops_alone_is_what_a_version_without_it_gains(built: Version) -> None:
    for one in audit(built):
        for rule in one.rules:
            (outcome,) = whatif(built, [f"{one.step}.{rule.rule}=off"])
            assert outcome.gained.records == rule.alone


def test_a_rule_that_never_fired_is_dead_unless_nothing_came(make: Make, mine: Workbench) -> None:
    (first, second) = audit(make(rows(), STEPS, SOURCE))
    assert [rule.rule for rule in first.rules if rule.dead] == ["endless"]
    none = make(
        [ticket("k", "Q?", "No")],
        "  - rules: {pack: mine.yaml, name: first}\n"
        "  - rules: {pack: mine.yaml, name: second, limits: {few: 3}}\n",
    )
    (first, second) = audit(none)
    assert (first.came, second.came, second.overlaps) == (1, 0, ())
    assert not any(rule.dead or rule.share for rule in second.rules)


@pytest.mark.parametrize("by", ["source", "kind", "license", "split", "labels.topic"])
def test_slices_add_up_to_the_whole(built: Version, by: str) -> None:
    for whole, one in zip(audit(built), audit(built, by), strict=True):
        assert one.slices
        assert (one.came, one.rules, one.overlaps) == (whole.came, whole.rules, whole.overlaps)
        assert sum(part.came for part in one.slices) == one.came
        assert sum(part.dropped for part in one.slices) == one.dropped
        for at, rule in enumerate(one.rules):
            own = [part.rules[at] for part in one.slices]
            assert {part.rule for part in own} == {rule.rule}
            assert sum(part.failed for part in own) == rule.failed
            assert sum(part.alone for part in own) == rule.alone


def test_slices_are_named_as_those_of_a_diff(built: Version) -> None:
    def names(by: str) -> set[str]:
        return {part.value for part in audit(built, by)[0].slices}

    assert names("source") == {"tickets"}
    assert names("kind") == {"sft"}
    assert names("license") == {"mit"}
    assert names("labels.topic") == {"billing", "travel", "null"}
    assert names("split") == {"train", "eval", "none"}


def test_a_slice_has_the_records_of_its_value(built: Version) -> None:
    (first, _) = audit(built, "labels.topic")
    parts = {part.value: part for part in first.slices}
    topics = {row["prompt"]: row["topic"] or "null" for row in rows()}
    assert {value: part.came for value, part in parts.items()} == Counter(topics.values())
    # Of travel are "LOUD words here", "a b c", "Other words" and "A fine answer here".
    travel = {one.rule: one.failed for one in parts["travel"].rules}
    assert travel == {"short": 1, "few": 0, "loud": 1, "endless": 0}
    assert parts["null"].dropped == 3
    assert [part.came for part in first.slices] == sorted(
        (part.came for part in first.slices), reverse=True
    )


def test_dropped_records_have_no_split(built: Version) -> None:
    for one in audit(built, "split"):
        dropped = {part.value: part.dropped for part in one.slices}
        assert dropped == {"none": one.dropped, "train": 0, "eval": 0}


def test_copies_that_a_later_step_makes_did_not_come(
    make: Make, mine: Workbench, registry: None
) -> None:
    from curate.recipe import load_code

    code = mine.folder / "twice.py"
    code.write_text(TWICE)
    load_code(code)
    rules = "  - rules: {pack: mine.yaml, name: %s, limits: {few: %d}}\n"
    steps = rules % ("first", 2) + "  - twice\n" + rules % ("second", 3)
    steps += "  - twice\n" + rules % ("third", 4)
    version = make(rows(), steps, SOURCE, code=[code])
    counts = came(version)
    assert counts["second"] == 3 * (counts["first"] - audit(version)[0].dropped)
    for one in audit(version, "source"):
        assert one.came == counts[one.step]
        assert one.dropped == len(failing(version, one.step))
        assert figures(one) == {
            each.rule.id: (each.dropped, each.alone)
            for each in limits_of(version)
            if each.rule.step == one.step
        }
    assert audit(version)[2].dropped > 0


def test_a_later_version_is_read_as_it_is(make: Make, built: Version) -> None:
    changed = [row for row in rows() if row["response"] != "One"]
    later = make([*changed, ticket("new", "Q?", "HEY") | {"topic": "new"}], STEPS, SOURCE)
    assert later.number == built.number + 1
    (first, _) = audit(later)
    assert (first.came, first.dropped) == (came(later)["first"], len(failing(later, "first")))
    assert figures(first)["loud"] == (3, 1)


def test_erased_contents_are_still_counted(bench: Workbench, built: Version) -> None:
    before = audit(built)
    (erased, _) = next(iter(failing(built, "first")))
    forget(bench.store, Asked((erased.hex(),)), "a request")
    version = bench.store.version(built.ref)
    assert [one.dropped for one in audit(version)] == [one.dropped for one in before]
    (first, _) = audit(version, "kind")
    assert {part.value: part.dropped for part in first.slices}["erased"] == 1


def test_one_step_is_told_alone(built: Version) -> None:
    (one,) = audit(built, step="second")
    assert one == audit(built)[1]


def test_a_reason_that_is_no_rule_of_the_pack_stands_after_the_rules(built: Version) -> None:
    first = [rule for rule in used_rules(built) if rule.step == "first"]
    group = Group(9, Counter({("pair-identical",): 2, ("few", "pair-identical"): 1}))
    own = with_reasons(first, group)
    assert [rule.id for rule in own] == ["short", "few", "loud", "endless", "pair-identical"]
    assert rule_figures(own, group)[-1][4:6] == (3, 2)
    (pair,) = overlaps_of(own, group)
    assert (pair.first, pair.second, pair.both) == ("few", "pair-identical", 1)


def test_a_version_without_rules_has_nothing_to_tell(make: Make) -> None:
    assert audit(make(rows(), "  - repair\n", SOURCE)) == []
    assert audit(make(rows(), "  - repair\n", SOURCE), "source") == []


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"by": "sorce"}, UsageError, "Did you mean 'source'?"),
        ({"by": "labels."}, UsageError, "Ways: source, split, kind, license, labels.NAME"),
        ({"by": "labels.topics"}, NotFoundError, "Labels: labels.topic."),
        ({"step": "frist"}, NotFoundError, "Did you mean 'first'? Steps with rules: first, second"),
        ({"step": "repair"}, NotFoundError, "no such step of rules"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    built: Version, given: dict[str, Any], kind: type[CurateError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        audit(built, **given)
    assert said in str(caught.value)


def test_a_label_that_tells_records_apart_is_refused(make: Make, mine: Workbench) -> None:
    many = [
        ticket(str(n), "Q?", "A fine answer") | {"topic": str(n)} for n in range(MOST_VALUES + 1)
    ]
    version = make(many, "  - rules: {pack: mine.yaml}\n", SOURCE)
    with pytest.raises(RefusedError, match="1,001 values"):
        audit(version, "labels.topic")


def test_a_split_is_not_asked(built: Version) -> None:
    with pytest.raises(UsageError, match="rules come before splits"):
        audit(built.with_split("train"))


def test_a_version_that_does_not_hold_its_rules_is_refused(built: Version) -> None:
    bare = Version(**(built.__dict__ | {"manifest": {}}))
    with pytest.raises(RefusedError, match="does not hold its rules"):
        audit(bare)


def test_the_names_of_labels_may_hold_any_character(make: Make, mine: Workbench) -> None:
    source = SOURCE.replace("labels: {topic: topic}", 'labels: {"a/b~\'c": topic}')
    version = make(rows(), "  - rules: {pack: mine.yaml}\n", source)
    (one,) = audit(version, "labels.a/b~'c")
    assert {part.value for part in one.slices} == {"billing", "travel", "null"}


def test_real_preferences_are_audited_as_they_were_dropped(
    shared_data: Path, bench: Workbench
) -> None:
    path = shared_data / "preference" / "harmless-base-test.jsonl.gz"
    source = f"{{path: {path}, name: harmless}}"
    version = bench.build(bench.recipe("  - rules: chat\n", source)).version
    assert version is not None
    (one,) = audit(version)
    assert one.came == 2312
    assert one.dropped == len(failing(version, "rules"))
    assert figures(one)["role-order"][0] == 8
