"""Versions made straight from Arrow, for tests that need many or odd ones."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa

from curate.decision import LEDGER as DECIDED
from curate.hashing import hash_batch
from curate.record import ORIGIN_FIELDS, WORKING, batch_of
from curate.store import Store, Version
from curate.store.catalog import connect
from curate.store.members import Members
from curate.store.writing import Facts, commit_version

LEDGER = pa.schema([*DECIDED, *ORIGIN_FIELDS])


def rows_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Records with a hash; the n-th has the id n, where it has none of its own."""
    given = {"copy": 0, "split": "train", "source": "s", "labels": "{}", "meta": "{}"}
    numbered = [given | {"id": n.to_bytes(16, "big")} | dict(row) for n, row in enumerate(rows)]
    batch = batch_of(numbered, WORKING)
    place = WORKING.get_field_index("hash")
    return pa.Table.from_batches([batch.set_column(place, "hash", hash_batch(batch))])


def records(texts: Sequence[str]) -> pa.Table:
    """Documents with a hash, the n-th of which has the id n."""
    return rows_of([{"text": text} for text in texts])


def put(
    store: Store, table: pa.Table, ledger: Sequence[dict[str, Any]] = (), **given: Any
) -> Version:
    """Commit records of a dataset called `d`."""
    facts = Facts("d", {"steps": []}, "", "0")
    with closing(connect()) as connection, store.building():
        connection.register("l", pa.Table.from_pylist(list(ledger), schema=LEDGER))
        return commit_version(
            store,
            connection,
            facts,
            members=Members(table),
            ledger="l",
            **({"payloads": [table]} | given),
        )
