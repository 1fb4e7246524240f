"""The compiled parts of looking for contamination (numba, which releases the GIL).

Importing this module compiles it, which takes some seconds, or loads what an earlier process
compiled and kept (`curate.scan.compiling.compiled_module`).
"""

from curate.contamination.kernel_sequences import cover, fill, look_up, sequences
from curate.contamination.kernel_units import characters, unstable, words

__all__ = ["characters", "cover", "fill", "look_up", "sequences", "unstable", "words"]
