"""What is measured of curate: choices among vectors, in a process of its own."""

import sys
from pathlib import Path

import numpy as np
from diverse_peer import report

from curate.semantic.compiling import kernel
from curate.semantic.cosine import Places, Vectors
from curate.semantic.facility_location import facility_location
from curate.semantic.k_centre import k_centre
from curate.semantic.similarity import Budget, Sized


def main(what: str, vectors: str, wanted: int, neighbours: int) -> None:
    """Choose so many of the vectors of a file; print rows, CPU seconds and memory."""
    given = np.load(Path(vectors))
    kernel()
    budget = Budget(np.ones(len(given)), float(wanted))
    report(lambda: _chosen(what, given, budget, neighbours or None))


def _chosen(what: str, given: Vectors, budget: Budget, neighbours: int | None) -> Places:
    sized = Sized.of(given)
    if what == "k-centre":
        return k_centre(sized, budget)
    return facility_location(sized, budget, neighbours)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
