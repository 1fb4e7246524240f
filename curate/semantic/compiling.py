"""Loading the kernel of choices among vectors, as `scan.compiling` loads that of the scan."""

import logging
from collections.abc import Callable
from typing import Any, Final

from curate.scan.compiling import loaded

_log: Final = logging.getLogger("curate.semantic")

KERNEL: Final = "curate.semantic.kernel"


def kernel(say: Callable[[str], None] = _log.info) -> Any:
    """The module `kernel`; `say` is told where it has to be compiled."""
    return loaded(KERNEL, "diversity", say)
