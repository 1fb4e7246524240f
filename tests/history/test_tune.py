"""What a limit does, held against builds that have other limits."""

from itertools import pairwise

import pytest

from curate.errors import CurateError, NotFoundError, RefusedError, UsageError
from curate.history.tune import Tuning, tune
from curate.store import Version
from tests.conftest import Workbench
from tests.history.conftest import Make, Row, ticket

PACK = """
pack: mine
version: 1
what: Mine.
rules:
  - {id: short, what: S., why: T., where: characters < limit, limit: 6, good: [abcdefg], bad: [a]}
  - {id: few, what: F., why: T., where: words <= limit, limit: 1, good: [a b], bad: [a]}
  - {id: many, what: M., why: T., where: words > limit, limit: 9, good: [a b],
     bad: [a b c d e f g h i j]}
  - {id: wide, what: W., why: T., where: 1.0 * characters / words > limit, limit: 7.5,
     value: 1.0 * characters / words, good: [a b], bad: [aaaaaaaaa]}
  - {id: askew, what: W., why: T., where: 1.0 * characters / words > limit, limit: 30,
     good: [a b], bad: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}
  - {id: far, what: F., why: T., where: abs(characters - 20) > limit, limit: 400, good: [a b],
     bad: [{prompt: a, response: "@LONG@"}]}
  - {id: echo, what: E., why: T., where: new_words = 0 and characters >= limit, limit: 9,
     value: characters, good: [a], bad: [{prompt: a b c d e f, response: a b c d e f}]}
  - {id: loud, what: L., why: T., match: "[A-Z]{3}", good: [a], bad: [AAA]}
  - {id: tools, what: T., why: T., where: characters > 480, good: [a],
     bad: [{prompt: a, response: "@LONG@"}]}
  - {id: order, field: record, what: O., why: T., where: roles = limit, limit: sua, good: [a],
     bad: [{messages: [{role: system, content: a}, {role: user, content: a},
       {role: assistant, content: a}]}]}
  - {id: named, field: record, what: O., why: T., where: length(roles) > limit, limit: 90,
     good: [a], bad: [{messages: [@TURNS@]}]}
""".replace("@LONG@", "a" * 500).replace("@TURNS@", ", ".join(["{role: user, content: a}"] * 91))
ANSWERS = [
    *("No", "Yes it is", "OK", "A fine answer", "LOUD words here", "One", "a b c", "No", "Ü b"),
    *(" ".join("word" * (n % 3 + 1) for _ in range(n)) for n in range(2, 14)),
]


def rows() -> list[Row]:
    found = [ticket(f"k{n}", f"Question {n}?", text) for n, text in enumerate(ANSWERS)]
    return [*found, ticket("echo", "Say it again", "Say it again"), ticket("e2", "Hm hm", "Hm hm")]


def steps(limits: str = "") -> str:
    return f"  - repair\n  - rules: {{pack: mine.yaml, name: first, limits: {{{limits}}}}}\n"


@pytest.fixture
def built(make: Make, bench: Workbench) -> Version:
    (bench.folder / "mine.yaml").write_text(PACK)
    return make(rows(), steps())


def failing(version: Version, rule: str) -> int:
    ledger = version.ledger().to_pylist()
    return len({(row["id"], row["copy"]) for row in ledger if row["rule"] == rule})


@pytest.mark.parametrize("rule", ["short", "few", "many", "wide", "askew", "far", "echo"])
def test_the_curve_is_what_builds_with_those_limits_do(
    make: Make, built: Version, rule: str
) -> None:
    found = tune(built, rule)
    assert len(found.curve) > 4
    assert (found.came, found.passed) == (len(rows()), built.records)
    for point in found.curve:
        other = make(rows(), steps(f"{rule}: {point.limit}"))
        assert found.passed + point.gained - point.lost == other.records, point
        assert point.failing == failing(other, rule), point
    own = found.point(found.rule.limit)  # type: ignore[arg-type]  # a number
    assert (own.gained, own.lost, own.failing) == (0, 0, found.failing)


@pytest.mark.parametrize(
    ("rule", "fails", "monotone"),
    [
        ("short", "smaller", True),
        ("few", "smaller", True),
        ("many", "larger", True),
        ("wide", "larger", True),
        ("echo", "larger", False),
        ("askew", None, False),
        ("far", None, False),
    ],
)
def test_which_values_fail_is_found_by_evaluating_the_rule(
    built: Version, rule: str, fails: str | None, monotone: bool
) -> None:
    found = tune(built, rule).direction
    assert (found.fails, found.monotone) == (fails, monotone)
    assert found.records == len(rows())


@pytest.mark.parametrize("rule", ["short", "few", "many", "wide", "echo", "askew"])
def test_the_histogram_counts_every_record_and_has_an_edge_at_the_limit(
    built: Version, rule: str
) -> None:
    found = tune(built, rule)
    bars, boundary = found.histogram.bars, found.histogram.boundary
    assert sum(bar.failing for bar in bars) == found.failing
    assert sum(bar.passing for bar in bars) == found.came - found.failing
    assert all(one.high == other.low for one, other in pairwise(bars))
    if boundary is None:
        assert rule == "askew"
        return
    on_side = [bar for bar in bars if (bar.high <= boundary) == (rule in ("short", "few"))]
    assert sum(bar.failing for bar in on_side) == found.failing
    if found.direction.monotone:
        assert sum(bar.passing for bar in on_side) == 0


def test_a_limit_that_no_record_has_stands_on_its_own_side(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    version = make([ticket(str(n), "Q?", "a " * n) for n in (8, 12)], steps())
    assert tune(version, "many").histogram.boundary == 10  # more than 9 words fail
    assert tune(version, "few").histogram.boundary == 2  # one word or less fails


def test_the_samples_are_the_nearest_of_each_side(built: Version) -> None:
    found = tune(built, "short", samples=4)
    lengths = sorted(len(one) for one in [*ANSWERS, "Say it again", "Hm hm"])
    assert [one.value for one in found.failing_samples] == [5, 5, 3, 3]
    passing = [length for length in lengths if length >= 6]
    assert [one.value for one in found.passing_samples] == passing[:4]
    first = found.failing_samples[0]
    assert first.content is not None
    assert len(first.content["messages"][1]["content"]) == 5
    assert (first.source, first.file) == ("tickets", "tickets.jsonl")


def test_a_sample_tells_what_else_dropped_it(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    version = make(rows(), steps() + "  - exact_dedup: response\n")
    by_line = {one.line: one for one in tune(version, "short", samples=20).failing_samples}
    assert by_line[1].others == ("few",)
    assert by_line[7].others == ()
    twins = [ticket(key, "Q?", "The same answer") for key in ("a", "b")]
    later = tune(make([*rows(), *twins], steps() + "  - exact_dedup\n"), "short", samples=40)
    assert [one.dropped_later for one in later.passing_samples].count("exact_dedup") == 1


def test_undesired_answers_are_not_judged(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    pairs = [ticket(str(n), f"Q{n}", "a b c d") | {"label": n == 0} for n in range(3)]
    found = tune(make(pairs, steps()), "few")
    assert (found.direction.records, found.histogram.lacking) == (1, 2)
    assert len(found.passing_samples) == 1


def test_values_that_are_not_stored_are_measured_again(built: Version, bench: Workbench) -> None:
    stored = tune(built, "wide")
    assert stored.measured.again == 0
    with bench.store.commit() as connection:
        connection.execute("DELETE FROM cat.base.files WHERE kind = 'judged'")
    again = tune(built, "wide")
    assert again.measured.again > 0
    assert again._replace(measured=stored.measured) == stored


@pytest.mark.parametrize(
    ("rule", "kind", "said"),
    [
        ("shrt", NotFoundError, "Did you mean 'short'?"),
        ("loud", RefusedError, "it has a pattern, and no limit to tune. `curate whatif support@1"),
        ("tools", RefusedError, "it has no limit to tune. `curate whatif support@1 first.tools=of"),
        ("order", RefusedError, "its limit is a text, not a number that can be tuned"),
        ("named", RefusedError, "its value, `roles`, is no number. Give the rule a `value:`"),
    ],
)
def test_what_cannot_be_tuned_is_refused_with_what_can_be_done(
    built: Version, rule: str, kind: type[CurateError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        tune(built, rule)
    assert said in str(caught.value)


def test_a_rule_that_judged_nothing_is_refused(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    pairs = [ticket(str(n), f"Q{n}", "a b c d") | {"label": False} for n in range(3)]
    with pytest.raises(RefusedError, match="it measured nothing"):
        tune(make(pairs, steps()), "few")


def test_a_split_is_not_asked(built: Version) -> None:
    with pytest.raises(UsageError, match="rules come before splits"):
        tune(built.with_split("train"), "short")


def test_a_rule_of_one_value_alone_has_a_page_too(make: Make, bench: Workbench) -> None:
    (bench.folder / "mine.yaml").write_text(PACK)
    found: Tuning = tune(make([ticket("a", "Q?", "a fine answer")], steps()), "short", drawn=True)
    assert [(bar.passing, bar.failing) for bar in found.histogram.bars if bar.passing] == [(1, 0)]
    assert found.drawn_curve
