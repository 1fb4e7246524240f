"""Everything of near-duplicates that is compiled (numba, which releases the GIL).

Importing this module compiles it, which takes some seconds, or loads what an earlier process
compiled and kept (`scan.compiling.kernel`).
"""

from curate.neardup.kernel_join import few, many, part, settle
from curate.neardup.kernel_places import again, put
from curate.neardup.kernel_prefixes import prefixes
from curate.neardup.kernel_records import gather, sign
from curate.neardup.kernel_texts import patched, stretches
from curate.neardup.kernel_trees import connect, join

__all__ = [
    "again",
    "connect",
    "few",
    "gather",
    "join",
    "many",
    "part",
    "patched",
    "prefixes",
    "put",
    "settle",
    "sign",
    "stretches",
]
