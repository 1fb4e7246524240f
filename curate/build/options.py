"""How to build."""

from dataclasses import dataclass
from pathlib import Path

from curate.store.lock import BUILD_WAIT_SECONDS


@dataclass(frozen=True)
class Options:
    """How to build; none of these, but `limit`, has an influence on the snapshot."""

    workers: int = 1
    """Processes that read and run row-wise steps."""
    batch_size: int = 10_000
    """Records a part."""
    limit: int | None = None
    """Read only so many records of each source, for a try."""
    dry_run: bool = False
    """Do everything but commit."""
    fuse: bool = True
    """Run row-wise steps between selections in one pass."""
    max_bad: float | None = None
    """How much input may be bad: a share below 1, or a number."""
    allow_code: tuple[Path, ...] = ()
    """Python files with operators of the user's own."""
    wait: float | None = BUILD_WAIT_SECONDS
    """Seconds to wait for another builder; None without end."""
