"""What killed builds left behind: files that no catalog names. Only a builder sweeps."""

from pathlib import Path

from curate.store import Store


def sweep(store: Store) -> int:
    """Delete files of the store that the catalog does not name; return how many.

    The caller holds the right to build, so nobody else is writing such files.
    """
    named = {store.folder / file.path for file in store.files()}
    left = [
        path
        for kind in ("segments", "members", "ledger", "quarantine", "signals")
        for path in _files(store.folder / kind)
        if path not in named
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.parquet") if path.is_file()] if folder.is_dir() else []
