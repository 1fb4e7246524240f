"""Bands and rows: how likely a pair becomes a candidate (Leskovec et al., section 3.4)."""

from math import ceil, log
from typing import Final, NamedTuple, Self

MOST_VALUES: Final = 128
"""MinHash values of a record. More would allow for more rows, thus for fewer false candidates; each
costs time on every record, a false candidate only once."""

CURVE: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


class Banding(NamedTuple):
    """A signature of `bands` times `rows` MinHash values, compared band by band.

    Two records are candidates where all rows of at least one band agree: with the probability
    1 - (1 - s^rows)^bands at a Jaccard similarity of s (Leskovec, Rajaraman and Ullman, Mining of
    Massive Datasets, section 3.4.2).

    >>> banding = Banding.for_threshold(0.8)
    >>> banding.bands, banding.rows, round(banding.probability(0.8), 4)
    (16, 6, 0.9923)
    >>> round(banding.even(), 3)
    0.591
    """

    bands: int
    rows: int

    @classmethod
    def for_threshold(cls, threshold: float, recall: float = 0.99) -> Self:
        """The most rows, hence the fewest false candidates, that find `recall` at the threshold.

        A single row is used where even that takes more than `MOST_VALUES` bands. Raises
        `ValueError` unless both lie between 0 and 1; the threshold may be 1.
        """
        if not (0 < threshold <= 1 and 0 < recall < 1):
            raise ValueError(f"threshold {threshold} and recall {recall} must lie between 0 and 1")
        rows = 1
        while (
            rows < MOST_VALUES and (rows + 1) * _bands(threshold, rows + 1, recall) <= MOST_VALUES
        ):
            rows += 1
        return cls(_bands(threshold, rows, recall), rows)

    @property
    def values(self) -> int:
        """How many MinHash values a signature has."""
        return self.bands * self.rows

    def probability(self, similarity: float) -> float:
        """How likely a pair of a similarity is found."""
        return 1.0 - (1.0 - similarity**self.rows) ** self.bands

    def even(self) -> float:
        """The similarity at which half of the pairs become candidates."""
        return float((1.0 - 0.5 ** (1.0 / self.bands)) ** (1.0 / self.rows))

    def curve(self) -> list[tuple[float, float]]:
        """Similarities, each with how likely a pair of it is found."""
        return [(each, self.probability(each)) for each in CURVE]


def _bands(threshold: float, rows: int, recall: float) -> int:
    agree = threshold**rows
    return 1 if agree >= 1 else max(1, ceil(log(1 - recall) / log(1 - agree)))
