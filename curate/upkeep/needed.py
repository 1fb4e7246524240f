"""Which contents the kept versions need, in the order in which these are read."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.store import Version
from curate.store.catalog import connect, table_of
from curate.store.delta import StoredFile, files_sql
from curate.store.signals import hash_values
from curate.upkeep.payloads import NONE, Hashes


class Needed(NamedTuple):
    """Contents that members and ledgers of the kept versions name."""

    in_order: pa.Array
    """Their hashes, by the lowest id that has each."""
    values: Hashes
    """The same, sorted."""

    def count_in(self, hashes: Hashes) -> int:
        """How many of some hashes are needed."""
        return int(np.isin(hashes, self.values).sum())


def find_needed(folder: Path, kept: Sequence[Version], files: Sequence[StoredFile]) -> Needed:
    """The contents of all members, and those that ledgers name, of the kept versions.

    Change files between kept versions may name a few more, of rows that came and went again; they
    are left out only where versions are dropped.
    """
    selects = [_of_version(version) for version in kept if _gaps(version.dataset, kept, files)]
    datasets = {version.dataset for version in kept}
    whole = {dataset for dataset in datasets if not _gaps(dataset, kept, files)}
    for kind, columns in (("members", ("hash",)), ("ledger", ("before", "after"))):
        paths = [f.path for f in files if f.kind == kind and f.dataset in whole]
        if paths:
            source = files_sql(folder, paths)
            selects += [f"SELECT id, {column} AS hash FROM {source}" for column in columns]
    if not selects:
        return Needed(pa.array([], pa.binary(16)), NONE)
    with connect() as connection:
        found = table_of(
            connection,
            f"SELECT hash FROM ({' UNION ALL '.join(selects)}) WHERE hash IS NOT NULL "
            "GROUP BY hash ORDER BY min(id), hash",
        )
    hashes = found.column("hash").combine_chunks().cast(pa.binary(16))
    return Needed(hashes, np.sort(hash_values(hashes)))


def _gaps(dataset: str, kept: Sequence[Version], files: Sequence[StoredFile]) -> set[int]:
    """Versions of which there are changes, and which are not kept."""
    numbers = {version.number for version in kept if version.dataset == dataset}
    changed = {f.version for f in files if f.dataset == dataset and f.kind == "members"}
    return changed - numbers


def _of_version(version: Version) -> str:
    ledger = version.ledger_sql()
    return (
        f"SELECT id, hash FROM ({version.members_sql()}) UNION ALL "
        f"SELECT id, before FROM ({ledger}) UNION ALL SELECT id, after FROM ({ledger})"
    )
