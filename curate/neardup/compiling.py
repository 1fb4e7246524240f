"""Loading the kernel of near-duplicates, as `scan.compiling` loads that of the scan."""

import logging
import sys
from collections.abc import Callable
from typing import Any, Final

from curate.scan.compiling import loaded

_log: Final = logging.getLogger("curate.neardup")

KERNEL: Final = "curate.neardup.kernel"


def is_loaded() -> bool:
    """Whether this process has the kernel."""
    return KERNEL in sys.modules


def kernel(say: Callable[[str], None] = _log.info) -> Any:
    """The module `kernel`; `say` is told where it has to be compiled."""
    return loaded(KERNEL, "near-duplicate", say)
