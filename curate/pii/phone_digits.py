"""Where in texts telephone numbers may be by their digits, told from the bytes of the texts."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from curate.pii import digit_walk
from curate.pii.characters import every_character
from curate.pii.phone_gate import phone_digits, punctuation
from curate.scan.compiling import is_loaded, loaded

KERNEL: Final = "curate.pii.kernel_digits"
KERNEL_BYTES: Final = 3_000_000
"""From so many bytes on compiled code, which takes a second to load, is quicker than Python."""

Places = npt.NDArray[np.int64]


class PhoneDigits:
    """The places of numbers dialled from some regions."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        """The regions by their two letters."""
        self._table, self._kinds, self._seen = phone_digits(regions), _kinds(), 0

    def places(
        self, data: npt.NDArray[np.uint8], ends: Places, compiled: bool | None = None
    ) -> Places:
        """The bytes where the first and the last number of each text may begin [texts, 2]; or -1.

        `ends` is where texts begin and end in the data [texts + 1]. `compiled` says which way to
        go; by default the size of all texts so far decides.
        """
        found = np.empty((len(ends) - 1, 2), np.int64)
        self._seen += int(ends[-1] - ends[0])
        if compiled is None:
            compiled = is_loaded(KERNEL) or self._seen >= KERNEL_BYTES
        if compiled:
            loaded(KERNEL, "digits").walk(data, ends, self._table, self._kinds, found)
        else:
            # Python takes single bytes out of these much quicker.
            given = data.tobytes(), ends.tolist(), self._table, self._kinds.tobytes()
            digit_walk.walk(*given, found)
        return found


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Those of bytes; a byte that begins some punctuation counts as such."""
    kinds = np.zeros(256, np.uint8)
    kinds[0x80:0xC0] = digit_walk.CONTINUED
    for sign in regex.findall(f"[{punctuation()}]", every_character(), regex.IGNORECASE):
        kinds[sign.encode()[0]] = digit_walk.SIGN
    kinds[ord("0") : ord("9") + 1] = digit_walk.DIGIT
    return kinds
