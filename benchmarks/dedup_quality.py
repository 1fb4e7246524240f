"""How well near-duplicates were found, by the pairs that are alike in truth."""

from collections.abc import Sequence, Set
from typing import NamedTuple

from dedup_truth import Pair


class Dropped(NamedTuple):
    """What a way of dropping near-duplicates left and said."""

    kept: Set[int]
    """The numbers of the texts that were kept."""
    named: Sequence[Pair] = ()
    """The pairs that it gives as its reasons, where it gives any: dropped, kept, similarity."""


class Quality(NamedTuple):
    """Shares; 1 where there is nothing to share."""

    pairs: int
    """Pairs that reach the threshold."""
    recall: float
    """Of these the share of which not both were kept."""
    removed: int
    precision: float
    """The share of the removed that a kept one is like, at the threshold."""
    chained: float
    """The share of the removed that any other one is like."""

    def __str__(self) -> str:
        """The figures, to print."""
        more = f" ({self.chained:.4f} chained)" if self.chained > self.precision else ""
        found = f"recall {self.recall:.4f} of {self.pairs:,} pairs"
        return f"{found}, precision {self.precision:.4f}{more} of {self.removed:,}"


def quality(truth: Sequence[Pair], size: int, found: Dropped, threshold: float) -> Quality:
    """Hold what was dropped of the first so many texts against the truth."""
    pairs = [pair for pair in truth if pair.other < size and pair.similarity >= threshold]
    missed = sum(pair.one in found.kept and pair.other in found.kept for pair in pairs)
    removed = set(range(size)) - found.kept
    both = [(pair.one, pair.other) for pair in pairs]
    both += [(other, one) for one, other in both]
    like_any = {one for one, _ in both}
    like_kept = {one for one, other in both if other in found.kept}
    return Quality(
        pairs=len(pairs),
        recall=1 - _share(missed, len(pairs), none=0),
        removed=len(removed),
        precision=_share(len(removed & like_kept), len(removed)),
        chained=_share(len(removed & like_any), len(removed)),
    )


def named(truth: Sequence[Pair], found: Dropped, threshold: float) -> tuple[int, int]:
    """How many of the named pairs reach the threshold, and how many have the similarity said."""
    known = {(pair.one, pair.other): pair.similarity for pair in truth}
    pairs = [
        (known.get((min(pair.one, pair.other), max(pair.one, pair.other)), 0.0), pair.similarity)
        for pair in found.named
    ]
    reach = sum(true >= threshold for true, _ in pairs)
    return reach, sum(abs(true - said) < 1e-4 for true, said in pairs)


def _share(part: int, whole: int, none: float = 1) -> float:
    return part / whole if whole else none
