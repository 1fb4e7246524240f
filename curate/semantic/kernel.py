"""The compiled functions of choices among vectors (`compiling.kernel` loads them)."""

from curate.semantic.kernel_centres import farthest_first
from curate.semantic.kernel_dpp import most_probable
from curate.semantic.kernel_facility import cover_all, cover_listed
from curate.semantic.kernel_products import UNIT, nearest_of, neighbours

__all__ = [
    "UNIT",
    "cover_all",
    "cover_listed",
    "farthest_first",
    "most_probable",
    "nearest_of",
    "neighbours",
]
