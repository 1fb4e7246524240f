"""`curate sql "SELECT ..."`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, shown, store_option

if TYPE_CHECKING:
    import pyarrow as pa

    from curate.store import Store

WIDEST = 80
"""Characters of a value that are shown on a terminal."""


@click.command()
@click.argument("statement", required=False)
@click.option("--views", is_flag=True, help="List the views and their columns.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@store_option
@json_option
def sql(statement: str | None, views: bool, as_csv: bool, store: Path, as_json: bool) -> None:
    """Run one SELECT over the store: `curate sql "SELECT * FROM versions"`.

    Nothing but the views can be reached: no file, no setting, no change.
    """
    from curate.errors import UsageError
    from curate.store import Store

    if as_csv and as_json:
        raise UsageError("sql", "got --csv and --json", "Ask for one of them.")
    opened = Store.open(store)
    output = Output(as_json)
    if views:
        _print_views(opened, output)
        return
    if statement is None:
        raise UsageError("sql", "no statement", 'Write `curate sql "SELECT ..."`, or --views.')
    table = opened.sql(statement)
    if as_csv:
        _print_csv(table)
        return
    if as_json:
        output.emit(_documents(table))
        return
    cut = output.console.is_terminal
    rows = [[_cell(value, cut) for value in row.values()] for row in _rows(table)]
    output.table(table.column_names, rows)


def _print_views(store: "Store", output: Output) -> None:
    from curate.store.views import views_sql

    described = {
        name: [
            {"column": field["column_name"], "type": field["column_type"]}
            for field in store.sql(f"SELECT * FROM (DESCRIBE {name})").to_pylist()
        ]
        for name in views_sql(Path(), (), "base")
    }
    output.emit(described)
    rows = [
        [name, ", ".join(column["column"] for column in columns)]
        for name, columns in described.items()
    ]
    output.table(["view", "columns"], rows, prose=True)


def _rows(table: "pa.Table") -> list[dict[str, Any]]:
    """The rows, also where two columns have one name."""
    names = [f"{at} {name}" for at, name in enumerate(table.column_names)]
    return list(table.rename_columns(names).to_pylist())


def _documents(table: "pa.Table") -> list[dict[str, Any]]:
    names: list[str] = []
    for name in table.column_names:
        again = sum(other == name for other in table.column_names[: len(names)])
        names.append(f"{name}_{again}" if again else name)
    return [
        {name: _plain(value) for name, value in zip(names, row.values(), strict=True)}
        for row in _rows(table)
    ]


def _plain(value: Any) -> Any:
    """A value as JSON knows it; what it does not know as text."""
    from datetime import date, datetime
    from decimal import Decimal
    from math import isfinite

    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool | bytes | date | datetime):
        return value
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        value = int(value)
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    return str(value)


def _cell(value: Any, cut: bool) -> Any:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float) and not isinstance(value, bool):
        return value
    text = shown(_flat(value))
    return f"{text[:WIDEST]}..." if cut and len(text) > WIDEST else text


def _flat(value: Any) -> Any:
    """A list or a struct as JSON on one line; everything else as it is."""
    if not isinstance(value, dict | list):
        return value
    import orjson

    from curate.output import as_json

    return orjson.dumps(orjson.loads(as_json(_plain(value)))).decode()


def _print_csv(table: "pa.Table") -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow(
            [value.hex() if isinstance(value, bytes) else _flat(value) for value in row.values()]
        )
    click.echo(text.getvalue(), nl=False)
