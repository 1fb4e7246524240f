"""Tombstones: what was erased, known again without being kept (docs/format.md, "Erasure").

A tombstone is the first half of HMAC-SHA-256 (RFC 2104) of an id, or of the hash of a content,
under a key that is made for the store. Who has no key learns nothing from it, and who has it can
only ask whether a given id or hash was erased.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.store.catalog import Connection, reading, row_of
from curate.store.store import Store
from curate.store.version import Version

KEY_BYTES: Final = 32
MAC_BYTES: Final = 16

Of = Literal["id", "content"]


@dataclass(frozen=True)
class Tombstones:
    """The tombstones of a store."""

    key: bytes
    macs: npt.NDArray[np.bytes_]
    """Sorted, as `S16`."""

    @classmethod
    def load(cls, store: Store) -> "Tombstones":
        """Read them from the catalog; a store in which nothing was erased has none."""
        with reading(store.folder) as connection:
            return read_tombstones(connection)

    def __len__(self) -> int:
        """How many there are: one for each id and each content that was erased."""
        return len(self.macs)

    def matches(self, ids: pa.Array, hashes: pa.Array) -> npt.NDArray[np.bool_]:
        """Which records were erased, by their id or by the hash of their content."""
        if not len(self):
            return np.zeros(len(ids), np.bool_)
        return self._known("id", ids) | self.are_erased(hashes)

    def are_erased(self, hashes: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Which contents were erased, by their hash."""
        if not len(self):
            return np.zeros(len(hashes), np.bool_)
        return self._known("content", hashes)

    def is_erased(self, id_: bytes) -> bool:
        """Whether a record was erased, by its id."""
        return bool(len(self)) and bool(self._known("id", pa.array([id_]))[0])

    def state(self) -> str:
        """A digest of them all: builds of equal input and recipe agree where it is equal."""
        return hashlib.sha256(self.macs.tobytes()).hexdigest()[:32]

    def _known(self, of: Of, values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        macs = np.array(macs_of(self.key, of, values.to_pylist()), f"S{MAC_BYTES}")
        return np.isin(macs, self.macs)


def erased_members(version: Version) -> int:
    """How many members of a version, or of its split, have contents that were erased."""
    with reading(version.folder) as connection:
        if row_of(connection, "SELECT 1 FROM cat.base.erasures") is None:
            return 0
        row = row_of(
            connection,
            f"SELECT count(*) FROM ({version.members_sql()}) m "
            f"ANTI JOIN {version.payloads_sql()} p ON p.hash = m.hash",
        )
    return int(row[0]) if row else 0


def macs_of(key: bytes, of: Of, values: Iterable[bytes]) -> list[bytes]:
    """The tombstone of each id or hash."""
    prefix = f"curate.{of}.1".encode()
    return [hmac.digest(key, prefix + value, "sha256")[:MAC_BYTES] for value in values]


def read_tombstones(connection: Connection) -> Tombstones:
    """Read the tombstones of the catalog that is attached as `cat`."""
    row = row_of(connection, "SELECT key FROM cat.base.tombstone_key")
    rows = connection.execute("SELECT mac FROM cat.base.tombstones ORDER BY mac").fetchall()
    macs = np.array([mac for (mac,) in rows], f"S{MAC_BYTES}")
    return Tombstones(row[0] if row else b"", np.sort(macs))


def key_of(catalog: Connection) -> bytes:
    """The key of the store; made where the catalog that is being committed has none."""
    row = row_of(catalog, "SELECT key FROM cat.base.tombstone_key")
    if row is not None:
        return bytes(row[0])
    key = secrets.token_bytes(KEY_BYTES)
    catalog.execute("INSERT INTO cat.base.tombstone_key VALUES (?)", [key])
    return key
