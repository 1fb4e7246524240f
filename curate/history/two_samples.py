"""Two samples compared: how far apart they are, and whether chance could be why.

A sample is given as the distinct values that either has, sorted, with how often each occurs on both
sides, so that a million records cost no more than their distinct values.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

BINS: Final = 10
"""PSI compares the shares in the deciles of the first sample."""

UNSEEN: Final = 0.5
"""Added to the count of each bin, so that an empty one has a logarithm (Jeffreys' prior)."""

_SMALL_LAMBDA: Final = 1.18
_TERMS: Final = 100
_PRECISION: Final = 1e-15


class Gap(NamedTuple):
    """The two-sample Kolmogorov-Smirnov test."""

    statistic: float
    """D, the largest distance between the two empirical distribution functions, 0 to 1."""
    at: float
    """The value up to which the one sample has D more of its members than the other."""
    more_below: bool
    """Whether the second sample has more up to there, and so has moved down."""
    p: float
    """The asymptotic probability of such a distance between samples of one distribution."""


def kolmogorov_smirnov(values: Values, before: Counts, after: Counts) -> Gap:
    """Compare two samples of numbers; both must have a member.

    The probability is Kolmogorov's limit at Stephens' argument (M. A. Stephens, "Use of the
    Kolmogorov-Smirnov, Cramer-von Mises and related statistics without extensive tables", Journal
    of the Royal Statistical Society B 32, 1970, section 3). Where values are tied, it is an upper
    bound (G. E. Noether, "Note on the Kolmogorov statistic in the discrete case", Metrika 7, 1963).
    """
    m, n = int(before.sum()), int(after.sum())
    gaps = np.cumsum(after) / n - np.cumsum(before) / m
    widest = int(np.argmax(np.abs(gaps)))
    distance = float(abs(gaps[widest]))
    root = math.sqrt(m * n / (m + n))
    p = kolmogorov_tail((root + 0.12 + 0.11 / root) * distance)
    return Gap(distance, float(values[widest]), bool(gaps[widest] > 0), p)


def kolmogorov_tail(argument: float) -> float:
    """The probability that Kolmogorov's distribution exceeds a number.

    A. Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933; for small
    numbers by the other of the two equal series, which there converges at once.

    >>> round(kolmogorov_tail(1.3581), 4)
    0.05
    """
    if argument <= 0:
        return 1.0
    if argument < _SMALL_LAMBDA:
        power = math.pi**2 / (8 * argument**2)
        total = sum(math.exp(-power * (2 * k - 1) ** 2) for k in range(1, _TERMS))
        return 1 - math.sqrt(2 * math.pi) / argument * total
    terms = ((-1.0) ** (k - 1) * math.exp(-2 * k**2 * argument**2) for k in range(1, _TERMS))
    return min(max(2 * sum(terms), 0.0), 1.0)


def stability_index(values: Values, before: Counts, after: Counts) -> float:
    """The population stability index: the sum over bins of (b - a) ln(b / a), of shares a and b.

    Bins are the deciles of the first sample. By the usual reading below 0.1 is stable, above 0.25
    is another population (N. Siddiqi, "Credit Risk Scorecards", 2006, chapter 10).
    """
    ranks = np.cumsum(before) / before.sum()
    edges = np.unique(np.searchsorted(ranks, np.arange(1, BINS) / BINS - 1e-12))
    edges = edges[edges < len(values) - 1]
    bins = np.searchsorted(edges, np.arange(len(values)))
    a, b = (np.bincount(bins, side, len(edges) + 1) + UNSEEN for side in (before, after))
    a, b = a / a.sum(), b / b.sum()
    return float(((b - a) * np.log(b / a)).sum())


def quantile(values: Values, counts: Counts, share: float) -> float:
    """The smallest value up to which at least this share of a sample lies."""
    ranks = np.cumsum(counts)
    return float(values[int(np.searchsorted(ranks, share * ranks[-1]))])


class Drift(NamedTuple):
    """The chi-square test of homogeneity of two samples of labels."""

    statistic: float
    """The total variation distance: half the sum of the differences of shares, 0 to 1."""
    p: float
    """The asymptotic probability of such a difference between samples of one distribution."""


def chi_square(before: Counts, after: Counts) -> Drift:
    """Compare how often each label occurs; both samples must have a member.

    K. Pearson, "On the probability that two independent distributions of frequency are really
    samples from the same population", Biometrika 8, 1911.
    """
    table = np.stack([before, after]).astype(np.float64)
    table = table[:, table.sum(axis=0) > 0]
    shares = table / table.sum(axis=1, keepdims=True)
    distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    freedom = table.shape[1] - 1
    statistic = float(((table - expected) ** 2 / expected).sum())
    return Drift(distance, gamma_tail(freedom / 2, statistic / 2) if freedom else 1.0)


def gamma_tail(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0.

    By the series of P below a + 1, by Lentz's continued fraction above (NIST Digital Library of
    Mathematical Functions, 8.11.4 and 8.9.2).

    >>> round(gamma_tail(0.5, 1.9207), 4)
    0.05
    """
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        k = a
        while term > total * _PRECISION:
            k += 1
            term *= x / k
            total += term
        return max(1 - front * total, 0.0)
    b = x + 1 - a
    c, d = math.inf, 1 / b
    fraction, k = d, 0
    while True:
        k += 1
        numerator = -k * (k - a)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        fraction *= c * d
        if abs(c * d - 1) < _PRECISION * 10:
            return front * fraction


def holm(probabilities: Sequence[float]) -> list[float]:
    """Correct probabilities for the number of tests, in their order.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979: what is below a level then holds at that level for all tests together,
    whatever their dependence (and the signals of one text depend on each other).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected = [0.0] * len(probabilities)
    highest = 0.0
    order = sorted(range(len(probabilities)), key=lambda at: probabilities[at])
    for rank, at in enumerate(order):
        highest = max(highest, min((len(order) - rank) * probabilities[at], 1.0))
        corrected[at] = highest
    return corrected
