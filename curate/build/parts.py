"""The files of a stage: parts of records, and beside each what its step decided.

STAGE/records/NAME.parquet   the records (schema `record.WORKING`)
STAGE/keys/NAME.parquet      id, copy, hash, split and origin of the same rows
STAGE/facts/N/NAME.parquet     the facts of the same rows for the N-th selection
STAGE/ledger/NAME.parquet    decisions
STAGE/signals/NAME.parquet   what was measured on texts (`curate.build.measuring`)
STAGE/payload/NAME.parquet   content that is no record any more: dropped, or before an edit
STAGE/quarantine/NAME.parquet
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.record import MEMBER_FIELDS, ORIGIN_FIELDS, WORKING
from curate.store.segments import PAYLOAD

KEYS: Final = pa.schema([*MEMBER_FIELDS, *ORIGIN_FIELDS])


def part_path(stage: Path, kind: str, name: str) -> Path:
    """Where one kind of file of a part is."""
    return stage / kind / f"{name}.parquet"


def write_part(stage: Path, kind: str, name: str, table: pa.Table) -> None:
    """Write a file of a part; these files live in a cache, so speed counts more than size."""
    path = part_path(stage, kind, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="lz4", use_dictionary=kind != "records")


def write_records(stage: Path, name: str, batch: pa.RecordBatch) -> None:
    """Write the records of a part, and their keys."""
    table = pa.Table.from_batches([batch], WORKING)
    write_part(stage, "records", name, table)
    write_part(stage, "keys", name, table.select(KEYS.names))


def write_payload(stage: Path, name: str, payloads: Sequence[pa.Table]) -> None:
    """Write content that is no record any more, if there is any."""
    kept = [table for table in payloads if len(table)]
    if kept:
        write_part(stage, "payload", name, pa.concat_tables(kept))


def payload_of(batch: pa.RecordBatch) -> pa.Table:
    """The payload columns of a batch."""
    return pa.Table.from_batches([batch]).select(PAYLOAD.names)


def parts_of(stage: Path, kind: str) -> list[Path]:
    """The files of one kind, in order; none where nothing was written."""
    folder = stage / kind
    return sorted(folder.glob("*.parquet")) if folder.is_dir() else []
