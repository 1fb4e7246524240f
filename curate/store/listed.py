"""Versions and files as the catalog lists them."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import orjson

from curate.store.catalog import Connection, table_of
from curate.store.delta import StoredFile
from curate.store.version import Version

JSON_COLUMNS: Final = ("recipe", "inputs", "counts", "certificates", "warnings", "manifest")


def files_of(connection: Connection) -> list[StoredFile]:
    """All Parquet files that the catalog attached as `cat` names, by kind and path."""
    rows = connection.execute("SELECT * FROM cat.base.files ORDER BY kind, path").fetchall()
    return [StoredFile(*row) for row in rows]


def versions_of(
    connection: Connection, folder: Path, where: str = "true", values: Sequence[Any] = ()
) -> list[Version]:
    """The versions that a condition of ours selects, by dataset and number."""
    table = table_of(
        connection,
        f"SELECT * FROM cat.base.versions WHERE {where} ORDER BY dataset, version",
        list(values),
    )
    files = files_of(connection)
    segments = tuple(file for file in files if file.kind == "segment")
    others = [file for file in files if file.kind != "segment"]
    versions = []
    for row in table.to_pylist():
        for name in JSON_COLUMNS:
            row[name] = orjson.loads(row[name])
        row["number"] = row.pop("version")
        row["created"] = row["created"].replace(tzinfo=UTC)
        own = tuple(f for f in others if f.dataset == row["dataset"] and f.version <= row["number"])
        versions.append(Version(folder=folder, split=None, files=own, segments=segments, **row))
    return versions
