"""Which payloads are stored, and which members have none."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.store.signals import hash_values
from curate.store.tombstones import Tombstones
from curate.upkeep.files import PARQUET_ERRORS, Checked

Hashes = npt.NDArray[np.bytes_]
NONE: Hashes = np.empty(0, "S16")


class Payloads(NamedTuple):
    """What the segments hold that can be read, against what members need."""

    stored: int
    """How many payloads are stored."""
    missing: Hashes
    """Needed, not stored and not erased; sorted."""
    erased: Hashes
    """Needed, and erased on purpose; sorted."""
    doubtful: dict[str, Hashes]
    """The hashes of each segment that is damaged and can still be read."""


def find_payloads(folder: Path, checked: Sequence[Checked], tombstones: Tombstones) -> Payloads:
    """Compare the hashes of all members with those of all payloads."""
    stored: list[Hashes] = [NONE]
    needed: list[Hashes] = [NONE]
    doubtful = {}
    for one in checked:
        if one.file.kind not in ("segment", "members") or not one.is_readable:
            continue
        found = _hashes_in(folder / one.file.path, one.file.kind == "members")
        if found is None:
            continue
        (stored if one.file.kind == "segment" else needed).append(found)
        if one.kind is not None and one.file.kind == "segment":
            doubtful[one.file.path] = np.sort(found)
    have = np.unique(np.concatenate(stored))
    want = np.unique(np.concatenate(needed))
    lacking = np.setdiff1d(want, have, assume_unique=True)
    erased = tombstones.are_erased(pa.array([bytes(one).ljust(16, b"\0") for one in lacking]))
    total = sum(len(one) for one in stored)
    return Payloads(total, lacking[~erased], lacking[erased], doubtful)


def _hashes_in(path: Path, is_members: bool) -> Hashes | None:
    """The hashes of payloads or members, or None where the column cannot be decoded."""
    try:
        table = pq.read_table(path, columns=["hash", "removed"] if is_members else ["hash"])
        if is_members:
            table = table.filter(pc.invert(table.column("removed")))
        return hash_values(table.column("hash").combine_chunks())
    except PARQUET_ERRORS:
        return None
