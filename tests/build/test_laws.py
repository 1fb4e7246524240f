"""The laws: counts add up, bad input is kept aside, an exception names step and record."""

from pathlib import Path

import pytest

from curate.build.account import Account, Count
from curate.errors import AccountingError, InputError, OperatorError, RecipeError
from curate.recipe.step import READ
from tests.conftest import Workbench, tickets

RAISING = '''
from typing import ClassVar

import pyarrow as pa

from curate.operator import Edited, EditOperator
from curate.selection import SelectionOperator


class Touchy(EditOperator):
    """Fails at one text."""

    name: ClassVar[str] = "touchy"
    version: ClassVar[int] = 1

    def edit(self, texts: pa.StringArray) -> Edited:
        if any(text and "device 17 " in text for text in texts.to_pylist()):
            raise ZeroDivisionError("seventeen")
        return Edited(texts)


class Greedy(SelectionOperator):
    """Repeats the record with the lowest id."""

    name: ClassVar[str] = "greedy"
    version: ClassVar[int] = 1

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        return pa.RecordBatch.from_pydict({"one": [1] * len(batch)})

    def query(self, seed: int) -> str:
        return "SELECT id, copy, 'copy' AS action, 3 AS copies FROM facts ORDER BY id, copy LIMIT 1"
'''


@pytest.fixture
def own_code(filled: Workbench) -> Path:
    from curate.recipe import load_code

    path = filled.folder / "own.py"
    path.write_text(RAISING)
    load_code(path)
    return path


def test_in_and_added_are_kept_dropped_and_quarantined_for_each_step(filled: Workbench) -> None:
    rows: list[object] = [*tickets(40), '{"broken', '{"messages": []}']
    filled.write(rows)
    outcome = filled.build().outcome
    for row in outcome.counts:
        assert row["in"] + row["added"] == row["kept"] + row["dropped"] + row["quarantined"], row
    assert outcome.counts[0]["in"] == 42
    assert outcome.quarantined == 2
    assert outcome.certificates[0]["holds"]


def test_an_account_that_does_not_add_up_is_an_error() -> None:
    account = Account()
    account.add({(READ, "s"): Count(3, 0, 3), ("rules", "s"): Count(3, 0, 1, 1)})
    with pytest.raises(AccountingError, match="step rules, source s"):
        account.check(["rules"], {"s": 1})
    account = Account()
    account.add({(READ, "s"): Count(3, 0, 3)})
    with pytest.raises(AccountingError, match="2 members but 3 kept"):
        account.check([], {"s": 2})


def test_bad_input_is_quarantined_with_its_line_and_reason(filled: Workbench) -> None:
    filled.write([*tickets(5), '{"broken', '{"messages": []}'])
    version = filled.build().version
    assert version is not None
    rows = version.quarantine().to_pylist()
    assert [row["line"] for row in rows] == [6, 7]
    assert rows[0]["raw"].rstrip() == b'{"broken'
    assert all(row["reason"] for row in rows)


def test_more_than_ten_bad_records_stop_a_build_and_nothing_is_committed(
    filled: Workbench,
) -> None:
    filled.write([*tickets(5), *["{"] * 11])
    with pytest.raises(InputError, match="11 of 16 records are bad"):
        filled.build()
    assert filled.store.versions() == []
    assert filled.build(max_bad=0.9).is_new


def test_an_exception_in_an_operator_names_step_and_record(
    filled: Workbench, own_code: Path
) -> None:
    text = filled.recipe("  - touchy")
    with pytest.raises(
        OperatorError,
        match=r"step touchy: ZeroDivisionError: seventeen, at record \w{32} \(.*:18\)",
    ):
        filled.build(text)
    with pytest.raises(OperatorError, match="ZeroDivisionError"):
        filled.build(text, workers=2, batch_size=10, allow_code=(own_code,))
    assert filled.store.versions() == []


def test_copies_are_members_of_their_own(filled: Workbench, own_code: Path) -> None:
    built = filled.build(filled.recipe("  - greedy\n  - repair\n"), batch_size=7)
    assert built.version is not None
    assert built.outcome.records == 42
    assert sorted(built.version.members().column("copy").to_pylist())[-2:] == [1, 2]
    assert built.outcome.counts[1]["added"] == 2


def test_a_limit_reads_the_first_records_of_each_source(filled: Workbench) -> None:
    built = filled.build(filled.recipe(""), limit=6, batch_size=4)
    assert built.outcome.records == 6
    assert built.outcome.manifest["limit"] == 6


def test_an_identical_pair_is_dropped_after_an_edit(bench: Workbench) -> None:
    pair = {"prompt": "Is it on?", "chosen": "Yes, it is on.", "rejected": "Yes, it is on.  "}
    bench.write([pair, pair | {"rejected": "No."}])
    version = bench.build(bench.recipe("  - repair")).version
    assert version is not None
    assert version.count() == 1
    dropped = [row for row in version.ledger().to_pylist() if row["action"] == "drop"]
    assert [row["rule"] for row in dropped] == ["pair-identical"]


def test_finished_stages_are_used_again(filled: Workbench) -> None:
    filled.build()
    again = filled.build(filled.recipe("  - repair\n  - rules: chat\n  - exact_dedup\n"))
    assert again.reused[0] == "read"


def test_empty_steps_and_a_recipe_that_drops_everything_are_versions(bench: Workbench) -> None:
    bench.write([{"prompt": "a question", "response": ""}])
    built = bench.build(bench.recipe("  - rules: chat"))
    assert built.version is not None
    assert built.version.count() == 0
    assert "step rules: dropped 1 of 1 records of source tickets" in built.outcome.warnings[0]
    assert built.version.kinds() == {}


def test_a_rule_of_an_own_pack_that_never_fires_is_a_warning(filled: Workbench) -> None:
    example = "    good: [a cat]\n    bad: [a zebra]\n"
    pack = "pack: mine\nversion: 1\nwhat: Mine.\nrules:\n  - id: zebra\n    what: A zebra.\n"
    (filled.folder / "mine.yaml").write_text(f"{pack}    why: Ours.\n    match: zebra\n{example}")
    steps = "  - rules: chat\n  - rules: {pack: ./mine.yaml, name: mine}\n"
    warnings = filled.build(filled.recipe(steps)).outcome.warnings
    assert warnings == ["step mine: never fired: zebra"]


def test_no_step_takes_the_name_of_the_one_that_reads(filled: Workbench) -> None:
    with pytest.raises(RecipeError, match="the step before all"):
        filled.build(filled.recipe("  - repair: {name: read}"))
