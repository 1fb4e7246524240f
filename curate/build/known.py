"""What workers must know of what is known: sorted arrays in files, which all of them map."""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from curate.store.catalog import Connection, table_of
from curate.store.signals import hash_values

Hashes = npt.NDArray[np.bytes_]
Masks = npt.NDArray[np.int64]


class Bits(NamedTuple):
    """For each of some contents: the steps that keep it as it is, and those that decide more."""

    kept: Masks
    decided: Masks


class Known(NamedTuple):
    """Contents, sorted, with a bit for each step of a segment."""

    hashes: Hashes
    bits: Bits

    @classmethod
    def load(cls, folder: Path | None) -> Self:
        """Map the files that `write_known` wrote; nothing is known where there is no folder."""
        if folder is None:
            return cls(np.empty(0, "S16"), Bits(np.empty(0, np.int64), np.empty(0, np.int64)))
        hashes, kept, decided = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("hash", *Bits._fields)
        )
        return cls(hashes, Bits(kept, decided))

    def of(self, hashes: Hashes) -> Bits:
        """What is known of contents; nothing of those that are not among the known."""
        if not len(self.hashes):
            return Bits(np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.int64))
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found = self.hashes[places] == hashes
        kept, decided = (np.where(found, mask[places], 0) for mask in self.bits)
        return Bits(kept, decided)


def write_known(connection: Connection, folder: Path) -> Path | None:
    """Write what the tables `kept` and `outcomes` say; None where they say nothing."""
    table = table_of(
        connection,
        "SELECT hash, coalesce(k.mask, 0)::BIGINT AS kept, coalesce(o.mask, 0)::BIGINT AS decided "
        "FROM (SELECT hash, bit_or(mask) AS mask FROM kept GROUP BY hash) k "
        "FULL JOIN (SELECT hash, bit_or(1::BIGINT << position) AS mask FROM outcomes "
        "GROUP BY hash) o USING (hash) ORDER BY hash",
    )
    if not len(table):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "hash.npy", hash_values(table.column("hash").combine_chunks()))
    for name in Bits._fields:
        np.save(folder / f"{name}.npy", table.column(name).to_numpy())
    return folder
