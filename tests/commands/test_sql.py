import csv
import io
import json
import re
from pathlib import Path

import pytest

from curate.errors import UsageError
from curate.store import Store
from tests.commands.conftest import Call
from tests.conftest import Workbench

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text()


def documented() -> dict[str, list[str]]:
    """The views and columns of the format page; "the columns above" are those of its tables."""
    section = PAGE.split("## SQL views")[1].split("\n## ")[0]
    ledger = PAGE.split("## Ledger")[1].split("\n## ")[0]
    ledger_columns = [
        name
        for row in re.findall(r"^\| (`.*?) \|", ledger, re.M)
        for name in re.findall(r"\w+", row)
    ]
    above = {
        "ledger": ledger_columns,
        "quarantine": ["source", "file", "line", "reason", "raw", "raw_bytes"],
    }
    views = {}
    for name, cell in re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.M):
        columns = re.sub(r" \(.*?\)", "", cell.split(":")[0]).split(", ")
        if "then the columns above" in cell:
            columns = ["dataset", "version", *above[name]]
        views[name] = columns
    return views


@pytest.mark.parametrize("view", documented())
def test_every_view_answers_with_its_columns_also_when_empty(
    view: str, told: Workbench, tmp_path: Path
) -> None:
    wanted = documented()[view]
    for store in (told.store, Store.create(tmp_path / "empty")):
        assert store.sql(f"SELECT * FROM {view}").column_names == wanted


def forbidden(catalog: str, out: str) -> list[str]:
    return [
        f"SELECT * FROM read_csv('{catalog}')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        f"SELECT * FROM read_parquet('{catalog}')",
        f"SELECT * FROM read_duckdb('{catalog}')",
        "SELECT * FROM glob('/etc/*')",
        "FROM '/etc/passwd'",
        f"FROM '{catalog}'",
        "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
        "SELECT (SELECT content FROM read_text('/etc/passwd')) AS x",
        "SELECT * FROM versions WHERE EXISTS (FROM read_text('/etc/passwd'))",
        "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
        "SELECT * FROM query_table('/etc/passwd')",
        "SELECT getenv('HOME')",
        f"COPY (SELECT 1) TO '{out}'",
        f"COPY versions TO '{out}' (FORMAT parquet)",
        f"ATTACH '{out}' AS o",
        f"ATTACH '{catalog}' AS again",
        "DETACH cat",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "SET enable_external_access = true",
        "RESET allowed_paths",
        f"EXPORT DATABASE '{out}'",
        "IMPORT DATABASE '/etc'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE MACRO m() AS 1",
        "INSERT INTO cat.base.tags VALUES ('x', 'y', 1, now())",
        "UPDATE cat.base.versions SET records = 0",
        "DELETE FROM cat.base.versions",
        "DROP VIEW versions",
        "SELECT 1; SELECT 2",
        f"SELECT 1; COPY (SELECT 1) TO '{out}'",
        f"EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}'",
        "EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')",
        f"PREPARE p AS COPY (SELECT 1) TO '{out}'",
        "CALL pragma_version()",
        "CHECKPOINT",
        "VACUUM",
        "",
        "-- nothing",
    ]


@pytest.mark.parametrize("at", range(len(forbidden("", ""))))
def test_no_statement_reads_or_writes_a_file(at: int, told: Workbench, tmp_path: Path) -> None:
    catalog = told.store.folder / "catalog.duckdb"
    before = catalog.read_bytes()
    files = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError):
        told.store.sql(forbidden(str(catalog), str(tmp_path / "out"))[at])
    assert sorted(tmp_path.rglob("*")) == files
    assert catalog.read_bytes() == before


def test_rows_are_shown_as_a_table_as_json_and_as_csv(call: Call) -> None:
    select = (
        "SELECT version, records, NULL AS nothing, 'a,b' AS text FROM versions ORDER BY version"
    )
    assert "NULL" in call("sql", select).stdout
    first, _ = json.loads(call("sql", select, "--json").stdout)
    assert first == {"version": 1, "records": 20, "nothing": None, "text": "a,b"}
    rows = list(csv.DictReader(io.StringIO(call("sql", select, "--csv").stdout)))
    assert rows[0] == {"version": "1", "records": "20", "nothing": "", "text": "a,b"}


def test_odd_values_have_a_json_form(call: Call) -> None:
    select = (
        "SELECT 1.5::DECIMAL(4,2) AS d, 'nan'::DOUBLE AS n, (2 ** 80)::HUGEINT AS h, "
        "MAP {1: 'x'} AS m, DATE '2026-01-01' AS t, 1 AS a, 2 AS a"
    )
    (row,) = json.loads(call("sql", select, "--json").stdout)
    assert row["d"] == "1.50"
    assert row["n"] == "nan"
    assert (row["a"], row["a_1"]) == (1, 2)
    (row,) = json.loads(call("sql", "SELECT sum(records) AS n FROM versions", "--json").stdout)
    assert isinstance(row["n"], int)


def test_nested_values_are_json_in_every_form(call: Call) -> None:
    select = "SELECT [{'x': NULL, 'y': 'é'}] AS nested"
    assert '[{"x":null,"y":"é"}]' in call("sql", select).stdout
    (row,) = csv.DictReader(io.StringIO(call("sql", select, "--csv").stdout))
    assert json.loads(row["nested"]) == [{"x": None, "y": "é"}]
    call("sql", select, "--csv", "--json", code=2)


def test_the_views_are_listed_with_their_columns(call: Call) -> None:
    listed = json.loads(call("sql", "--views", "--json").stdout)
    assert set(listed) == set(documented())
    call("sql", code=2)
