"""The bytes of texts as compiled code takes them, and when it is worth its while."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.scan.compiling import is_loaded

KERNEL_BYTES: Final = 1_500_000
"""From so many bytes on the kernel, which takes a second to load, is quicker than plain Python."""

WARM_BYTES: Final = 2_000
"""The same where it is loaded."""


def is_worth_it(texts: pa.StringArray) -> bool:
    """Whether compiled code is quicker for so many texts."""
    size = pc.sum(pc.binary_length(texts)).as_py() or 0
    return bool(size >= (WARM_BYTES if is_loaded() else KERNEL_BYTES))


def buffers(
    texts: pa.StringArray,
) -> tuple[int, npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """The size of the texts, their bytes and where each begins, without a copy."""
    count = len(texts)
    _, offsets, data = texts.buffers()
    if count == 0 or offsets is None or data is None:
        return 0, np.empty(0, np.uint8), np.zeros(count + 1, np.int32)
    places = np.frombuffer(offsets, np.int32, count + 1, texts.offset * 4)
    return int(places[-1] - places[0]), np.frombuffer(data, np.uint8), places
