"""By how much chosen answers are longer than rejected ones, and pairs among which they are not.

Judges, human or not, like longer answers (Singhal et al. 2023, arXiv 2310.03716), and what is
trained on such pairs learns to write long.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Lengths = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SMALL: Final = 0.2
"""Cohen's d up to which an effect is less than small (Cohen 1988, Statistical Power Analysis for
the Behavioral Sciences, section 2.2.3)."""

_DOUBLINGS: Final = 62
"""Gaps of 2^62 and more are in one bin."""


class LengthGap(NamedTuple):
    """How the lengths of the two answers of pairs compare."""

    pairs: int
    longer: int
    """Pairs whose chosen answer is longer than the rejected one."""
    shorter: int
    equal: int
    mean: float | None
    """The mean gap: length of the chosen answer less that of the rejected one; None of no pair."""
    d: float | None
    """Cohen's d of the two lengths; None where `cohens_d` has none."""

    @classmethod
    def of(cls, chosen: Lengths, rejected: Lengths) -> "LengthGap":
        """Compare the lengths of answers, one pair a row."""
        gaps = chosen - rejected
        return cls(
            len(gaps),
            int((gaps > 0).sum()),
            int((gaps < 0).sum()),
            int((gaps == 0).sum()),
            float(gaps.mean()) if len(gaps) else None,
            cohens_d(chosen, rejected),
        )

    def holds(self) -> bool:
        """Whether lengths tell less than a small effect of which answer is chosen."""
        return not self.pairs or (self.d is not None and abs(self.d) < SMALL)


def cohens_d(chosen: Lengths, rejected: Lengths) -> float | None:
    """The difference of two means in units of the pooled standard deviation.

    d = (m1 - m2) / s, with s^2 the sum of squares of both within their groups over n1 + n2 - 2
    (Cohen 1988, formulas 2.5.1 and 2.5.2). Pairs are taken as two groups: a d of 0.2, 0.5 and 0.8
    then means of lengths what it means elsewhere. None of less than two pairs, and where no length
    differs within its group while the means do.

    >>> cohens_d(np.array([2.0, 4.0, 6.0]), np.array([1.0, 3.0, 5.0]))
    0.5
    """
    if len(chosen) < 2 or len(rejected) < 2:
        return None
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in (chosen, rejected))
    between = float(chosen.mean() - rejected.mean())
    if between == 0:
        return 0.0
    pooled = (squares / (len(chosen) + len(rejected) - 2)) ** 0.5
    return between / pooled if pooled else None


def matched(gaps: Lengths, bins: int) -> Flags:
    """Which pairs stay so that as many chosen answers are longer as are shorter, at each gap.

    `gaps` is in the order in which pairs are taken. Each doubling of the gap is cut into `bins`, at
    edges that no data moves; of a bin the side that has more gives up its last pairs. So a pair
    that comes or goes changes one other at most. Pairs without a gap stay.

    >>> matched(np.array([5.0, 0.0, 5.0, -5.0, -90.0]), 2).tolist()
    [True, True, False, True, False]
    """
    edges = 2.0 ** (np.arange(bins * _DOUBLINGS + 1) / bins)
    places = np.searchsorted(edges, np.abs(gaps), side="right")
    stays = gaps == 0
    for place in np.unique(places[~stays]):
        inside = places == place
        longer, shorter = np.flatnonzero(inside & (gaps > 0)), np.flatnonzero(inside & (gaps < 0))
        both = min(len(longer), len(shorter))
        stays[longer[:both]] = stays[shorter[:both]] = True
    return np.asarray(stays, np.bool_)


def document(before: LengthGap, after: LengthGap, unmeasured: int, unit: str) -> dict[str, Any]:
    """What came and what is left, as JSON; `holds` as `LengthGap.holds` of what is left."""
    return {
        "kind": "length-gap",
        "holds": after.holds() and bool(after.pairs or not before.pairs),
        "unit": unit,
        "limit": SMALL,
        "before": before._asdict(),
        "after": after._asdict(),
        "unmeasured": unmeasured,
    }


def lines(before: LengthGap, after: LengthGap, unmeasured: int, unit: str) -> Iterator[str]:
    """The same in sentences."""
    yield f"before: {_told(before, unit)}"
    yield f"after: {_told(after, unit)}"
    if unmeasured:
        yield f"{unmeasured:,} pairs without a length in {unit} stay"
    if not after.holds():
        yield (
            f"the length tells which answer is chosen: Cohen's d is not below {SMALL} "
            "(a small effect) either way"
        )


def _told(gap: LengthGap, unit: str) -> str:
    if not gap.pairs:
        return "no pairs"
    shares = (
        f"{100 * number / gap.pairs:.1f} % {how}"
        for number, how in (
            (gap.longer, "with the chosen answer longer"),
            (gap.shorter, "shorter"),
            (gap.equal, "equally long"),
        )
    )
    d = "none" if gap.d is None else f"{gap.d:.3f}"
    return (
        f"{gap.pairs:,} pairs, {', '.join(shares)}; mean gap {gap.mean:,.1f} {unit}, Cohen's d {d}"
    )
