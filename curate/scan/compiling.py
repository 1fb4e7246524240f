"""Loading the kernel: the first time it is compiled, which takes some seconds and is told."""

import logging
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

_log: Final = logging.getLogger("curate.scan")

KERNEL: Final = "curate.scan.kernel"
PATIENCE_SECONDS: Final = 2.0
"""What was compiled before and kept is loaded within this time."""

COMPILING: Final = "compiling the {what} kernel (once for this installation; some seconds)"


def is_loaded(module: str = KERNEL) -> bool:
    """Whether this process has the kernel, or another module of compiled functions."""
    return module in sys.modules


def kernel(say: Callable[[str], None] = _log.info) -> Any:
    """The module `kernel`; `say` is told where it has to be compiled."""
    return loaded(KERNEL, "text", say)


def loaded(module: str, what: str, say: Callable[[str], None] = _log.info) -> Any:
    """A module of compiled functions; `say` is told where they have to be compiled.

    Numba keeps what it compiled beside the module, or in the user's cache folder where the package
    cannot be written; where neither can be, every process compiles anew.
    """
    if module not in sys.modules:
        patience = threading.Timer(PATIENCE_SECONDS, say, [COMPILING.format(what=what)])
        patience.daemon = True
        patience.start()
        try:
            import_module(module)
        finally:
            patience.cancel()
    return sys.modules[module]
