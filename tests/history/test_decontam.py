"""A test instance that a record was dropped for is no record of the dataset."""

from curate.contamination.check import Check
from curate.history import diff, why
from curate.history.decontam import Found, contents_of, decontam, passages
from curate.history.impact import impact
from curate.history.lookup import find_record
from curate.progress import Silent
from tests.conftest import Workbench, write_lines
from tests.contamination.suites import TULU, asked, suite
from tests.history.conftest import ROWS, Make, ticket

KNOWN = "How many eggs do three hens lay in the two weeks before Easter?"
STEPS = "  - decontaminate: suite.jsonl"


def checked(bench: Workbench, ref: str) -> Found:
    instances = suite(asked(900, [KNOWN]))
    version = bench.store.version(ref)
    return decontam(bench.store, version, Check.of([instances], TULU, True, 0), Silent())


def test_an_old_version_is_checked_and_each_record_counts_once(
    make: Make, bench: Workbench
) -> None:
    make([*ROWS, ticket("x", f"Well: {KNOWN}", "Many.")])
    found = checked(bench, "support@1")
    (hit,) = found.verdict.hits
    contents = contents_of(bench.store.version("support@1"), found, [hit])
    (passage,) = passages(contents[hit.id], hit.spans, 6)
    assert (passage.before, passage.text, passage.after) == ("Well: ", KNOWN[:-1], "?")
    make(ROWS)
    assert checked(bench, "support@2").verdict.worst == ()


def test_the_instance_is_neither_twin_nor_kin(make: Make, bench: Workbench) -> None:
    write_lines(bench.folder / "suite.jsonl", [{"question": KNOWN, "answer": "Many."}])
    rows = [*ROWS, ticket("x", KNOWN, "Many.")]
    first, second = make(rows), make(rows, STEPS)
    record = find_record(bench.store, "tickets.jsonl:6", [second])
    assert impact(bench.store, record, [second]).kin == ()
    (story,) = why(bench.store, record, [second]).stories
    assert [one.change for one in story.remedies] == [
        "another `share` or `rule`: it has 1.0 of a test instance"
    ]
    (change,) = diff(first, second).changes()
    assert ([rule.rule for rule in change.failed], change.twin) == (["contaminated"], None)


def test_a_suite_that_changed_is_the_cause(make: Make, bench: Workbench) -> None:
    rows = [*ROWS, ticket("x", KNOWN, "Many.")]
    write_lines(bench.folder / "suite.jsonl", [{"question": "Something else?", "answer": "No."}])
    before = make(rows, STEPS)
    write_lines(bench.folder / "suite.jsonl", [{"question": KNOWN, "answer": "Many."}])
    after = make(rows, STEPS)
    (cause,) = diff(before, after).causes
    assert cause.what == "dropped by decontaminate: contaminated"
    assert cause.why == "suite.jsonl changed"
