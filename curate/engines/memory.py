"""Memory of processes that go through many batches of the same size, one after the other."""

import ctypes
from typing import Final

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of `mallopt` (glibc, `malloc.h`)."""

KEPT_BYTES: Final = 2**30
"""Blocks up to this size, and so much free memory at the end of the heap, stay in the process."""


def keep_memory() -> None:
    """Have this process keep what it frees, for the next batch, instead of giving it back.

    The system clears each page that it hands out again, which took a tenth of the time of a build.
    Arrow's own pool gives back what it frees, so that of the system takes its place. Where the C
    library is not glibc, it keeps as much as it likes.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        mallopt(parameter, KEPT_BYTES)
