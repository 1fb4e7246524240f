"""Kept streams: whole, or to be deleted."""

from pathlib import Path

import pyarrow as pa

from curate.progress import Progress
from curate.store.streams import footer_of
from curate.upkeep.findings import Finding


def check_streams(folder: Path, progress: Progress) -> list[Finding]:
    """Read every kept Arrow stream to its end. A damaged one can be deleted without loss."""
    home = folder / "streams"
    paths = sorted(home.rglob("*.arrow")) if home.is_dir() else []
    progress.stage("streams", len(paths))
    found = []
    for path in paths:
        try:
            if footer_of(path) is None:
                raise OSError("its footer is missing")
            _read_through(path)
        except (OSError, pa.ArrowException) as error:
            what = f"cannot be read to its end: {str(error).splitlines()[0]}; it may be deleted"
            found.append(Finding("stream", path.relative_to(folder).as_posix(), what))
        progress.advance(1)
    return found


def _read_through(path: Path) -> None:
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
        for batch in reader:
            batch.validate(full=True)
