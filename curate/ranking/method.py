"""How records of a slice are chosen: by their score, by how they differ, or by both."""

from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from curate.models.vectors import vectors_of
from curate.ranking.baselines import Baseline, Flags, Numbers, Places, baseline, first_ones
from curate.ranking.choice import Choice, Near, Ranked
from curate.semantic.clusters import Quota, from_clusters
from curate.semantic.diverse import diverse
from curate.semantic.dpp import most_probable
from curate.semantic.facility_location import facility_location
from curate.semantic.k_centre import k_centre
from curate.semantic.similarity import Budget, Sized, nearest_taken

Method = Literal["best", "deita", "k-centre", "facility-location", "dpp", "clusters"]

RANKED: Final = ("best", "deita")
"""Methods that need a score."""


class Chooser(NamedTuple):
    """A method with its settings (`operators.select`)."""

    method: Method
    instead: Baseline | None
    """A baseline of it that is taken in its place."""
    threshold: float
    neighbours: int | None
    bandwidth: float | None
    clusters: int
    quota: Quota
    seed: int

    def choose(self, part: Ranked, sizes: Numbers, budget: float) -> Choice:
        """Choose of a slice until sizes add up to a budget, as near as records allow."""
        best = first_ones(part.order, sizes, budget) if part.ranks else None
        near = None
        if self.method == "best" and best is not None:
            chosen = best
        elif self.method == "deita":
            chosen, near = self._different(part, sizes, budget)
        else:
            chosen, near = self._diverse(part, sizes, budget)
        if self.instead is None:
            return Choice(chosen, chosen, best, near)
        return Choice(baseline(self.instead, chosen, part.lengths, part.drawn), chosen, best)

    def _different(self, part: Ranked, sizes: Numbers, budget: float) -> tuple[Flags, Near]:
        """Down the ranking, what is not like anything taken before."""
        order = part.order
        vectors = part.records["vector"].combine_chunks().take(pa.array(order))
        found = diverse(vectors, self.threshold, sizes[order], budget)
        taken = np.zeros(len(sizes), np.bool_)
        taken[order[found.taken]] = True
        nearest, similarities = np.full(len(sizes), -1), np.zeros(len(sizes))
        like = found.nearest >= 0
        nearest[order[like]] = order[found.nearest[like]]
        similarities[order[like]] = found.similarities[like]
        return taken, Near("select-too-near", nearest, similarities, self.threshold)

    def _diverse(self, part: Ranked, sizes: Numbers, budget: float) -> tuple[Flags, Near]:
        """What differs or represents; of the others the most similar one that is taken is told."""
        rows, given = sized(part)
        ordered = rows[self._order(part, rows, given, Budget(sizes[rows], budget))]
        taken = first_ones(ordered, sizes, budget)
        nearest, similarities = np.full(len(sizes), -1), np.zeros(len(sizes))
        others = np.flatnonzero(~taken[rows])
        found = nearest_taken(given, others, np.flatnonzero(taken[rows]))
        like = found.places >= 0
        nearest[rows[others[like]]] = rows[found.places[like]]
        similarities[rows[others]] = found.cosines
        return taken, Near("select-not-chosen", nearest, similarities)

    def _order(self, part: Ranked, rows: Places, given: Sized, budget: Budget) -> Places:
        """Places among the candidates in the order in which they are taken."""
        if self.method == "k-centre":
            return k_centre(given, budget)
        if self.method == "facility-location":
            return facility_location(given, budget, self.neighbours)
        scores = part.scores[rows] if part.ranks else None
        if self.method == "dpp":
            quality = np.ones(len(rows)) if scores is None else scores
            return most_probable(given, quality, budget, self.bandwidth)
        if scores is not None:
            scores = np.empty(len(part.scores))
            scores[part.order] = -np.arange(len(part.order))
            scores = scores[rows]
        return from_clusters(given, scores, self.clusters, self.quota, self.seed)


def sized(part: Ranked) -> tuple[Places, Sized]:
    """The records that may be chosen, and their vectors."""
    rows = part.candidates
    if not len(rows):
        return rows, Sized.of(np.zeros((0, 1), np.int16))
    # Chunk by chunk: all vectors together may be larger than one array of bytes can be.
    wanted = pa.array(part.scored & part.has_vector)
    return rows, Sized.of(vectors_of(part.records["vector"].filter(wanted)))
