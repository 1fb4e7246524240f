"""The SQL views (docs/format.md, "SQL views"): one text for the catalog and for sessions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.decision import LEDGER as LEDGER_SCHEMA
from curate.decision import NO_TWIN
from curate.record import CONTENT_FIELDS, MEMBER_FIELDS, ORIGIN_FIELDS, QUARANTINE
from curate.store.catalog import Connection
from curate.store.delta import LEDGER, MEMBERS, Kept, StoredFile, columns_sql, files_sql
from curate.store.parquet import parquet_sql

CONTENT_NAMES: Final = tuple(field.name for field in CONTENT_FIELDS)

SIGNALS: Final = pa.schema(
    [
        ("hash", pa.binary(16)),
        ("signal", pa.string()),
        ("fingerprint", pa.string()),
        ("value", pa.float64()),
        ("label", pa.string()),
        ("vector", pa.binary()),
    ]
)
"""What is known of texts; one of value, label and vector, or none of them, is there."""

TEXTS: Final = pa.schema([("hash", pa.binary(16)), ("field", pa.string()), ("text", pa.binary(16))])
"""Which text (by hash) a field of a content has; null where the content has no such field."""

TYPES: Final = {
    pa.binary(16): "BLOB",
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.binary(): "BLOB",
    pa.float64(): "DOUBLE",
}

TURN: Final = (
    'STRUCT("role" VARCHAR, "content" VARCHAR, reasoning VARCHAR, tool_calls VARCHAR, '
    'tool_call_id VARCHAR, "name" VARCHAR, train BOOLEAN)'
)


def views_sql(folder: Path, files: Sequence[StoredFile], base: str) -> dict[str, str]:
    """The SELECT of each view; `base` is the schema that holds the catalog's tables.

    `folder` is put before the paths of files: the store's, or an empty path for paths that a
    reader finds from inside the store.
    """
    paths = {
        kind: [
            f.path
            for f in files
            if f.kind == kind and not (f.whole and kind in ("members", "ledger"))
        ]
        for kind in ("members", "ledger", "segment", "quarantine", "signals", "texts")
    }
    member_schema = pa.schema([*MEMBER_FIELDS, *ORIGIN_FIELDS])
    members = _over_versions(MEMBERS, _source(folder, paths["members"], member_schema), base)
    ledger_schema = pa.schema([*LEDGER_SCHEMA, *ORIGIN_FIELDS])
    ledger = _over_versions(LEDGER, _source(folder, paths["ledger"], ledger_schema), base)
    payloads = _source(
        folder, paths["segment"], pa.schema([("hash", pa.binary(16)), *CONTENT_FIELDS]), False
    )
    identity = "m.dataset, m.version, lower(hex(m.id)) AS id, m.copy, m.split"
    origin = "m.source, m.file, m.line, lower(hex(m.hash)) AS hash"
    content = ", ".join(f"p.{name}" for name in CONTENT_NAMES)
    return {
        "versions": (
            "SELECT dataset, version, snapshot, parent, recipe_hash, records, dropped, edited, "
            f"quarantined, created FROM {base}.versions"
        ),
        "members": (
            f"SELECT dataset, version, {_hex('id')}, copy, {_hex('hash')}, split, "
            f"source, file, line FROM ({members})"
        ),
        "records": (
            f"SELECT {identity}, {origin}, {content} "
            f"FROM ({members}) m LEFT JOIN {payloads} p ON p.hash = m.hash"
        ),
        "ledger": _ledger_view(ledger),
        "edits": (
            f"SELECT dataset, version, {_hex('id')}, copy, step, field, {_hex('before')}, "
            f"{_hex('after')}, spans FROM ({ledger}) WHERE action = 'edit'"
        ),
        "clusters": (
            'SELECT dataset, version, step, lower(hex("of")) AS keeper, lower(hex(id)) AS id, '
            'copy, rule AS why, try_cast("value" AS DOUBLE) AS similarity, "limit" '
            f"FROM ({ledger}) WHERE action = 'drop' AND \"of\" IS NOT NULL "
            f"AND coalesce(rule, '') NOT IN {NO_TWIN}"
        ),
        "quarantine": (
            f"SELECT dataset, version, {columns_sql(QUARANTINE.names)} FROM "
            f"{_source(folder, paths['quarantine'], QUARANTINE)}"
        ),
        "signals": (
            f"SELECT {_hex('hash')}, signal, fingerprint, value, label, vector FROM "
            f"{signals_sql([folder / path for path in paths['signals']])}"
        ),
        "texts": (
            f"SELECT {_hex('hash')}, field, {_hex('text')} FROM "
            f"{_source(folder, paths['texts'], TEXTS, False)}"
        ),
        "tags": f"SELECT tag, dataset, version, created, note FROM {base}.tags",
        "runs": f"SELECT * FROM {base}.runs",
        "evals": f"SELECT * FROM {base}.evals",
    }


def _ledger_view(ledger: str) -> str:
    shown = [
        _hex(name) if name in ("id", "of", "before", "after") else f'"{name}"'
        for name in LEDGER.columns
    ]
    return f"SELECT dataset, version, {', '.join(shown)} FROM ({ledger})"


def _hex(name: str) -> str:
    return f'lower(hex("{name}")) AS "{name}"'


def _over_versions(kept: Kept, source: str, base: str) -> str:
    """Every version's rows: a row counts from its version until one with its key comes."""
    key = columns_sql(kept.key)
    until = f"lead(version) OVER (PARTITION BY dataset, {key} ORDER BY version) AS until"
    shown = ", ".join(f'r."{name}"' for name in kept.columns)
    return (
        f"SELECT r.dataset, v.version, {shown} FROM (SELECT *, {until} FROM {source}) r "
        f"JOIN {base}.versions v ON v.dataset = r.dataset AND v.version >= r.version "
        "AND (r.until IS NULL OR v.version < r.until) WHERE NOT r.removed"
    )


def _source(folder: Path, paths: Sequence[str], schema: pa.Schema, versioned: bool = True) -> str:
    """The files as a table, or an empty table of the same columns."""
    if paths:
        return files_sql(folder, paths)
    columns = [f'NULL::{_sql_type(field.type)} AS "{field.name}"' for field in schema]
    if versioned:
        columns = ["''::VARCHAR AS dataset", "0 AS version", "false AS removed", *columns]
    return f"(SELECT {', '.join(columns)} WHERE false)"


def signals_sql(paths: Sequence[Path]) -> str:
    """Files of signals as a table; older ones have no column for vectors."""
    columns = [f'NULL::{_sql_type(field.type)} AS "{field.name}"' for field in SIGNALS]
    none = f"SELECT {', '.join(columns)} WHERE false"
    if not paths:
        return f"({none})"
    source = parquet_sql(paths, "union_by_name => true")
    return f"(SELECT * FROM {source} UNION ALL BY NAME {none})"


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        inner = kind.value_type
        if inner.num_fields == 3:
            return 'STRUCT("start" INTEGER, "end" INTEGER, length INTEGER)[]'
        return f"{TURN}[]"
    return TYPES[kind]


def create_views(
    connection: Connection, folder: Path, files: Sequence[StoredFile], base: str, temporary: bool
) -> None:
    """Create all views in the current schema, or as temporary ones."""
    kind = "TEMP VIEW" if temporary else "VIEW"
    for name, select in views_sql(folder, files, base).items():
        connection.execute(f"CREATE OR REPLACE {kind} {name} AS {select}")
