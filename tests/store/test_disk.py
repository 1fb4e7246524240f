"""A disk that fails is one clear error, whichever library meets it."""

import errno
from pathlib import Path

import duckdb
import pytest

from curate.errors import StoreError
from curate.store.disk import disk_errors
from tests.conftest import Workbench, tickets


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
        duckdb.TransactionException("Failed to commit: a.tmp.wal: No space left on device"),
    ],
)
def test_a_full_disk_is_told_whichever_library_meets_it(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(StoreError, match="no space is left"), disk_errors(tmp_path):
        raise error


def test_what_is_no_fault_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(duckdb.TransactionException), disk_errors(tmp_path):
        raise duckdb.TransactionException("conflict")


@pytest.mark.parametrize("content", [None, b"", b"x" * 5000])
def test_a_missing_or_damaged_file_of_the_store_is_an_error_of_the_store(
    filled: Workbench, content: bytes | None
) -> None:
    version = filled.build().version
    assert version is not None
    (segment,) = (filled.store.folder / "segments").iterdir()
    if content is None:
        segment.unlink()
    else:
        segment.write_bytes(content)
    with pytest.raises(StoreError, match=segment.name):
        list(version.batches())
    with pytest.raises(StoreError, match=segment.name):
        filled.store.sql("SELECT messages FROM records")
    filled.write(tickets(41))
    with pytest.raises(StoreError, match=segment.name):
        filled.build()


KINDS = ("segments", "members/support", "ledger/support")


@pytest.mark.parametrize("folder", KINDS)
@pytest.mark.parametrize("harm", ["cut short", "flipped"])
def test_a_damaged_file_of_any_kind_is_named_by_whoever_meets_it(
    filled: Workbench, folder: str, harm: str
) -> None:
    version = filled.build().version
    assert version is not None
    (path,) = (filled.store.folder / folder).iterdir()
    content = bytearray(path.read_bytes())
    if harm == "cut short":
        del content[-9:]
    else:
        for place in range(4, len(content) // 2):
            content[place] ^= 0xFF
    path.write_bytes(content)

    def read() -> None:
        list(version.batches())
        version.ledger()

    for meet in (read, lambda: filled.store.sql("SELECT * FROM records, ledger")):
        with pytest.raises(StoreError, match=f"{path.name} is damaged"):
            meet()
    filled.write(tickets(41))
    with pytest.raises(StoreError, match=f"{path.name} is damaged"):
        filled.build()
