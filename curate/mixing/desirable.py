"""Slices of unpaired preferences by `desirable`, and the weights that KTO needs where they differ.

KTO (Ethayarajh et al. 2024, arXiv 2402.01306; equation 8, as TRL 1.16 cites it) asks for
(desirable_weight x desirable records) / (undesirable_weight x undesirable records) in [1, 4/3], and
TRL's KTOTrainer warns where it is not.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pyarrow as pa

from curate.selection import Gathered

DESIRABLE: Final = "desirable"
"""What slices are by, and the name of one of them."""
UNDESIRABLE: Final = "undesirable"

RATIO: Final = (1.0, 4 / 3)
"""The least and the largest ratio of both sides, each by its weight."""


class Sides(NamedTuple):
    """How many records are desirable, and how many are not; repeats count."""

    desirable: int
    undesirable: int

    def weights(self) -> dict[str, tuple[float, float]]:
        """The setting of TRL's KTOConfig that brings the ratio into its range, from where to where.

        That of the other side is 1. Empty where the ratio is in its range, and where a side is
        empty, which no weight mends.

        >>> Sides(100, 50).weights(), Sides(120, 100).weights()
        ({'undesirable_weight': (1.5, 2.0)}, {})
        """
        low, high = RATIO
        if not self.desirable or not self.undesirable:
            return {}
        ratio = self.desirable / self.undesirable
        if ratio < low:
            return {"desirable_weight": (low / ratio, high / ratio)}
        return {"undesirable_weight": (ratio / high, ratio / low)} if ratio > high else {}


def slices_of(desirable: pa.BooleanArray) -> pa.StringArray:
    """The slice of each record; null where it is no unpaired preference."""
    names = pa.array([UNDESIRABLE, DESIRABLE], pa.string())
    return names.take(desirable.cast(pa.int8()))


def sides(gathered: Gathered, trained: str) -> tuple[Sides, Sides]:
    """What came and what is left of `facts`, which have a `slice`, where `trained` (SQL) holds."""
    rows = gathered.table(
        "SELECT slice, count(*)::BIGINT AS came, sum(CASE action WHEN 'drop' THEN 0 "
        "WHEN 'copy' THEN copies ELSE 1 END)::BIGINT AS remain "
        f"FROM (SELECT * FROM facts WHERE {trained}) f "
        "LEFT JOIN (SELECT id, copy, action, copies FROM chosen) c USING (id, copy) GROUP BY slice"
    )
    found = {row["slice"]: row for row in rows.to_pylist()}
    nothing = {"came": 0, "remain": 0}
    one, other = (found.get(name, nothing) for name in (DESIRABLE, UNDESIRABLE))
    return Sides(one["came"], other["came"]), Sides(one["remain"], other["remain"])


def lines(came: Sides, left: Sides) -> Iterator[str]:
    """What KTO needs of the records that came, and of those that are left."""
    yield f"KTO on all that came: {_told(came)}"
    if left != came:
        yield f"KTO on what is left: {_told(left)}"


def document(came: Sides, left: Sides) -> dict[str, Any]:
    """The same as JSON."""
    return {
        name: {**each._asdict(), "weights": each.weights()}
        for name, each in (("came", came), ("left", left))
    }


def _told(found: Sides) -> str:
    counted = f"{found.desirable:,} desirable and {found.undesirable:,} undesirable records"
    if not found.desirable or not found.undesirable:
        return f"{counted}, and it needs both"
    needed = [
        f"{name} from {low:.2f} to {high:.2f}" for name, (low, high) in found.weights().items()
    ]
    return f"{counted} need {', '.join(needed) or 'no weights'}"
