"""A version: a snapshot, and everything that is known of how it came about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from curate.record import QUARANTINE, WORKING, Kind
from curate.store.catalog import quoted, reading, table_of
from curate.store.delta import LEDGER, MEMBERS, Kept, StoredFile, files_sql, table_sql, touched_sql
from curate.store.views import CONTENT_NAMES

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

FEW: Final = 500
"""Up to how many payloads are looked for one by one."""


@dataclass(frozen=True)
class Version:
    """One version of a dataset in a store, or one split of it."""

    folder: Path
    dataset: str
    number: int
    split: str | None
    snapshot: str
    parent: int | None
    recipe_hash: str
    recipe: dict[str, Any]
    recipe_text: str
    records: int
    dropped: int
    edited: int
    quarantined: int
    inputs: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    certificates: list[dict[str, Any]]
    warnings: list[str]
    manifest: dict[str, Any]
    created: datetime
    files: tuple[StoredFile, ...]
    segments: tuple[StoredFile, ...]

    @property
    def ref(self) -> str:
        """The REF that names this version for good."""
        return f"{self.dataset}@{self.number}" + (f":{self.split}" if self.split else "")

    def with_split(self, split: str | None) -> "Version":
        """Return the same version, seen through one split."""
        return Version(**(self.__dict__ | {"split": split}))

    def members_sql(self) -> str:
        """The SELECT of the members of this version and split, unsorted."""
        members = self.table_sql(MEMBERS)
        if self.split is None:
            return members
        return f"SELECT * FROM ({members}) WHERE split = {quoted(self.split)}"

    def touched_sql(self, other: "Version") -> str:
        """The SELECT of a superset of the keys (id, copy) of members that differ from `other`.

        Both are versions of one dataset, in any order; splits are not looked at. It costs what
        changed between them, not what they hold.
        """
        if self.dataset != other.dataset:
            raise ValueError(f"{self.ref} and {other.ref} are not of one dataset")
        older, newer = sorted((self, other), key=lambda version: version.number)
        return touched_sql(self.folder, newer.files, older.number, newer.number)

    def ledger_sql(self) -> str:
        """The SELECT of the ledger of this version, whatever the split."""
        return self.table_sql(LEDGER)

    def members(self) -> pa.Table:
        """The members, sorted by (id, copy): id, copy, hash, split, source, file, line."""
        return self._read(f"{self.members_sql()} ORDER BY id, copy")

    def ledger(self) -> pa.Table:
        """All decisions that are not plain keeps (docs/format.md, "Ledger"), sorted."""
        return self._read(f"{self.ledger_sql()} ORDER BY id, copy, step, rule, field")

    def quarantine(self) -> pa.Table:
        """The input that could not be a record (schema `record.QUARANTINE`), in order."""
        names = [f.path for f in self.files if f.kind == "quarantine" and f.version == self.number]
        if not names:
            return QUARANTINE.empty_table()
        columns = ", ".join(QUARANTINE.names)
        return self._read(
            f"SELECT {columns} FROM {files_sql(self.folder, names)} ORDER BY source, file, line"
        )

    def batches(
        self, columns: Sequence[str] | None = None, batch_size: int = 10_000
    ) -> Iterator[pa.RecordBatch]:
        """The records, sorted by (id, copy), in batches of the schema `record.WORKING`.

        `columns` chooses some of its columns; those that are not content cost no payload.
        """
        from curate.store.ordered import members_in_order, records_in_order

        names = list(columns) if columns is not None else WORKING.names
        content = [name for name in names if name in CONTENT_NAMES]
        schema = pa.schema([WORKING.field(name) for name in names])
        with reading(self.folder) as connection:
            if content:
                paths = [segment.path for segment in self.segments]
                given = (self.folder, paths, self.members_sql(), names, content, batch_size)
                for table in records_in_order(connection, *given):
                    yield from table.select(names).cast(schema).combine_chunks().to_batches()
                return
            for batch in members_in_order(connection, self.members_sql(), names, batch_size):
                yield from pa.Table.from_batches([batch]).cast(schema).to_batches()

    def payloads_sql(self) -> str:
        """All stored payloads as a SQL table: hash and the content."""
        if not self.segments:
            columns = ", ".join(f"NULL AS {name}" for name in CONTENT_NAMES)
            return f"(SELECT NULL::BLOB AS hash, {columns} WHERE false)"
        return files_sql(self.folder, [segment.path for segment in self.segments])

    def payloads(self, hashes: Sequence[bytes]) -> dict[bytes, dict[str, Any]]:
        """The content of some payloads, by hash; unknown hashes are left out."""
        if not hashes or not self.segments:
            return {}
        columns = ", ".join(f'p."{name}"' for name in ("hash", *CONTENT_NAMES))
        select = f"SELECT {columns} FROM {self.payloads_sql()} p"
        with reading(self.folder) as connection:
            if len(hashes) <= FEW:
                # Of a list of values DuckDB asks the Bloom filter of each row group.
                listed = ", ".join(f"unhex('{one.hex()}')" for one in hashes)
                rows = table_of(connection, f"{select} WHERE p.hash IN ({listed})")
            else:
                wanted = pa.table({"hash": pa.array(list(hashes), pa.binary())})
                connection.register("wanted", wanted)
                rows = table_of(connection, f"{select} SEMI JOIN wanted w ON p.hash = w.hash")
        return {row.pop("hash"): row for row in rows.to_pylist()}

    def count(self) -> int:
        """How many members this version and split has."""
        return int(self._read(f"SELECT count(*) AS n FROM ({self.members_sql()})")["n"][0].as_py())

    def signals(self, field: str) -> pa.Table:
        """What is known of the members' texts of a field, by id, copy, signal and fingerprint.

        Columns: id, copy, signal, fingerprint, value, label. A signal that was measured in
        different ways has a row for each, told apart by the fingerprint.
        """
        from curate.store.signals import columns_of, signals_of, text_hashes

        columns = ("id", "copy", *columns_of(field))
        return signals_of(self.folder, [text_hashes(b, field) for b in self.batches(columns)])

    def splits(self) -> dict[str, int]:
        """The number of members in each split."""
        table = self._read(
            f"SELECT split, count(*) AS n FROM ({self.table_sql(MEMBERS)}) GROUP BY ALL ORDER BY 1"
        )
        return {row["split"]: row["n"] for row in table.to_pylist()}

    def kinds(self) -> dict[Kind, int]:
        """The number of members of each kind that occurs."""
        if not self.segments:
            return {}
        table = self._read(
            f"SELECT p.kind, count(*) AS n FROM ({self.members_sql()}) m "
            f"JOIN {self.payloads_sql()} p ON p.hash = m.hash GROUP BY ALL ORDER BY 1"
        )
        return {row["kind"]: row["n"] for row in table.to_pylist()}

    def licenses(self) -> dict[str | None, int]:
        """The number of members under each licence; None where none is known."""
        table = self._read(
            f"SELECT p.license, count(*) AS n FROM ({self.members_sql()}) m "
            f"JOIN {self.payloads_sql()} p ON p.hash = m.hash GROUP BY ALL ORDER BY ALL"
        )
        return {row["license"]: row["n"] for row in table.to_pylist()}

    def to_dataset(
        self,
        format: str = "trl",  # noqa: A002 - the field's word
        keep: bool = True,
    ) -> "Dataset | DatasetDict":
        """Return the records as a `datasets.Dataset`; of several splits, a dictionary of them.

        `format` is `trl` (the dataset type of TRL that the kind has) or `records`. The first call
        writes an Arrow stream into the store, later ones open it memory-mapped; with `keep` false,
        or where the store cannot be written, the records are read into memory. Needs the extra
        `hf`. Raises RefusedError where there are no records, or records of several kinds.
        """
        from curate.store.datasets import dataset_of

        return dataset_of(self, format, keep)

    def kept_batches(self, batch_size: int) -> Iterator[pa.RecordBatch]:
        """The same as `batches`, from a stream that is kept where the store can be written."""
        from curate.store.streams import keep_stream, stream_batches

        path = keep_stream(self, "working", self.batches)
        yield from (
            self.batches(batch_size=batch_size)
            if path is None
            else stream_batches(path, batch_size)
        )

    def table_sql(self, kept: Kept) -> str:
        """The SELECT of a whole table of this version, whatever the split."""
        return table_sql(kept, self.folder, self.files)

    def _read(self, statement: str) -> pa.Table:
        with reading(self.folder) as connection:
            return table_of(connection, statement)
