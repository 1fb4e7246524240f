"""What is measured of others, on the same vectors. Needs no curate.

pip install apricot-select k-center submodlib-py
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np


def main(what: str, vectors: str, wanted: int, neighbours: int) -> None:
    """Choose so many of the vectors of a file; print rows, CPU seconds and memory."""
    found = np.load(Path(vectors)).astype(np.float64)
    found /= np.linalg.norm(found, axis=1)[:, None]
    choose = {"k_center": k_center, "numpy": loop, "apricot": apricot, "submodlib": submodlib}[what]
    if what in ("apricot", "submodlib"):
        choose(found[:200], 20, min(neighbours, 50))  # what is compiled is compiled now
    report(lambda: choose(found, wanted, neighbours))


def k_center(vectors: Any, wanted: int, neighbours: int) -> list[int]:  # noqa: ARG001
    """Gonzalez by k-center (Rust). It draws the first record."""
    from k_center import KCenter

    model = KCenter(n_clusters=wanted, random_state=0).fit(vectors)
    return [int(row) for row in model.center_indices_]


def loop(vectors: Any, wanted: int, neighbours: int) -> list[int]:  # noqa: ARG001
    """Farthest-first as published codes have it: a column of distances for each centre."""
    given = vectors.astype(np.float32)
    row = int(np.argmax(given @ given.mean(axis=0)))
    nearest, rows = np.full(len(given), -2, np.float32), []
    for _ in range(wanted):
        rows.append(row)
        np.maximum(nearest, given @ given[row], out=nearest)
        nearest[row] = 2
        row = int(np.argmin(nearest))
    return rows


def apricot(vectors: Any, wanted: int, neighbours: int) -> list[int]:
    """Facility location by apricot's lazy greedy, of nearest neighbours.

    Its own search for them (`n_neighbors`) fails with today's scikit-learn, whose matrices have
    indices of 64 bits; so it is done here, by the same function.
    """
    from apricot import FacilityLocationSelection
    from sklearn.neighbors import kneighbors_graph

    graph = kneighbors_graph(vectors, neighbours, mode="distance", metric="cosine")
    graph.data = 1.0 - graph.data
    graph.setdiag(1.0)
    graph = graph.T.tocsr()
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
    made = FacilityLocationSelection(wanted, metric="precomputed", optimizer="lazy")
    return [int(row) for row in made.fit(graph).ranking]


def submodlib(vectors: Any, wanted: int, neighbours: int) -> list[int]:
    """Facility location by submodlib's lazy greedy, of nearest neighbours."""
    from submodlib import FacilityLocationFunction

    made = FacilityLocationFunction(
        n=len(vectors), mode="sparse", data=vectors, metric="cosine", num_neighbors=neighbours
    )
    found = made.maximize(
        budget=wanted, optimizer="LazyGreedy", stopIfZeroGain=False, stopIfNegativeGain=False
    )
    return [int(row) for row, _ in found]


def report(choose: Any) -> None:
    """Run, and print rows, CPU seconds and the most memory in MB."""
    before = seconds()
    rows = [int(row) for row in choose()]
    used = seconds() - before
    print(json.dumps({"rows": rows, "seconds": used, "megabytes": megabytes()}))


def megabytes() -> float:
    """The most memory so far: getrusage would count what the parent had when it forked."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def seconds() -> float:
    """User and system time so far, child processes included."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
