"""A version of which contents were erased can still be shown, compared, exported and asked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from curate.cli import curate
from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
from tests.conftest import Workbench
from tests.upkeep.leaky import SECRET, SOURCE, STEPS, fill, id_of, places


@pytest.fixture
def bench_without(tmp_path: Path) -> Workbench:
    bench = fill(Workbench(tmp_path / "bench"))
    forget(bench.store, Asked((id_of(bench, 7), id_of(bench, 10))), "request 17")
    return bench


def test_every_command_that_reads_goes_on_and_says_erased(bench_without: Workbench) -> None:
    store = ["--store", str(bench_without.store.folder)]
    out = bench_without.folder / "out.jsonl"

    def ask(*arguments: str) -> str:
        result = CliRunner().invoke(curate, [*arguments, *store])
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        assert SECRET not in result.output.lower()
        return result.output

    secret = id_of(bench_without, 7)
    assert "erased    the contents of 2 records" in ask("show", "support@2")
    assert json.loads(ask("show", "support@3", "--json"))["erased"] == 1
    assert "its contents were erased" in ask("why", secret)
    assert "2 records are left out: their contents were erased" in ask(
        "export", "support@2", str(out), "--format", "jsonl"
    )
    assert len(out.read_text().splitlines()) == 15
    ask("diff", "support@1", "support@2")
    ask("blame", secret)
    ask("impact", secret)
    ask("show", "support@2", "--stats")
    ask("show", "support@2", "--quarantine")
    ask("show", "support@2", "--dropped")
    ask("log", "support")
    ask("sql", "SELECT count(messages) FROM records WHERE version = 2")


def test_a_build_leaves_out_what_was_erased_and_says_so(bench_without: Workbench) -> None:
    built = bench_without.build(bench_without.recipe(STEPS, SOURCE))
    assert built.version is not None
    assert built.version.number == 4
    dropped = [row for row in built.version.ledger().to_pylist() if row["rule"] == "erased"]
    assert {row["id"].hex() for row in dropped} == {id_of(bench_without, n) for n in (8, 10)}
    assert {(row["step"], row["action"], row["before"]) for row in dropped} == {
        ("read", "drop", None)
    }
    # The bad line is in the input still, and is no record that could be known again.
    assert places(bench_without.store.folder) <= {"quarantine", "cache"}
