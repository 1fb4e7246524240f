"""The pass as compiled code over the bytes of texts (numba, which releases the GIL).

Importing this module compiles it, which takes some seconds, or loads what an earlier process
compiled and kept (`compiling.kernel`).
"""

from curate.scan.kernel_copies import copied
from curate.scan.kernel_forms import evened
from curate.scan.kernel_marks import marked
from curate.scan.kernel_repetition import repetition
from curate.scan.kernel_words import count, scan

__all__ = ["copied", "count", "evened", "marked", "repetition", "scan"]
