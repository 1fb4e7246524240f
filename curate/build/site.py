"""What all segments of a build work with."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from curate.build.account import Account
from curate.build.cache import Cache
from curate.build.references import Named
from curate.engines.local import LocalEngine
from curate.progress import Progress
from curate.store.catalog import Connection, connect, quoted
from curate.store.tombstones import Tombstones

MEMORY_LIMIT: Final = "2GB"
"""What DuckDB may hold of a build's tables; above it they are spilled to the cache."""


def connection_of(cache: Cache, workers: int) -> Connection:
    """A connection for the tables of a build."""
    connection = connect(MEMORY_LIMIT)
    connection.execute(f"SET temp_directory = {quoted(str(cache.work / 'spill'))}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET threads = {max(1, min(workers, os.cpu_count() or 1))}")
    return connection


@dataclass
class Site:
    """The state of a build that its segments share."""

    connection: Connection
    cache: Cache
    engine: LocalEngine
    progress: Progress
    account: Account
    batch_size: int
    seed: int
    references: dict[str, list[Named]] = field(default_factory=dict)
    """What selections compare with, by step."""
    certificates: list[dict[str, Any]] = field(default_factory=list)
    """What selections have checked."""
    notes: dict[str, Sequence[str]] = field(default_factory=dict)
    """What selections tell of how they decided, and signals of how they measured, by step."""

    made: dict[str, str] = field(default_factory=dict)
    """What made the scores that selections gave (`given.Made`)."""
    tombstones: Tombstones | None = None
    """What was erased, which no expansion may make again."""

    @property
    def reference_files(self) -> list[Path]:
        """Files of contents of references."""
        return sorted(self.references_folder.glob("*.parquet"))

    @property
    def references_folder(self) -> Path:
        """Where references are kept while a build runs."""
        return self.cache.work / "references"
