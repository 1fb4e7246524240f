"""SHA-256 of many values at once."""

import hashlib
import sys
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

DIGEST_BYTES: Final = 32
MANY: Final = 1_000
"""Values from which compiled code is worth its loading, where other compiled code is in use."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


def sha256_each(data: Bytes, offsets: Places) -> Bytes:
    """The digests [values, 32] of values that stand in `data`, each from an offset to the next."""
    if len(offsets) > MANY and "numba" in sys.modules and (kernel := _kernel()) is not None:
        found = np.empty((len(offsets) - 1, DIGEST_BYTES), np.uint8)
        if kernel.digest_each(data, offsets, found):
            return found
    return plain(data, offsets)


def plain(data: Bytes, offsets: Places) -> Bytes:
    """The same by `hashlib`, which takes twice as long."""
    sha256, view = hashlib.sha256, data.data
    parts = [sha256(view[start:end]).digest() for start, end in pairwise(offsets.tolist())]
    return np.frombuffer(b"".join(parts), np.uint8).reshape(len(parts), DIGEST_BYTES)


@cache
def _kernel() -> Any:
    """The module `sha256_kernel`; None where Python's `hashlib` has no OpenSSL to be called."""
    try:
        from curate import sha256_kernel
    except (ImportError, OSError, AttributeError):
        return None
    return sha256_kernel
