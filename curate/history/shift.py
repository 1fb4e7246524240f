"""How the distribution of every measured number and label shifted, and which records drive it.

Most members are in both versions, so that the samples are not independent, as the tests suppose:
what both have differs in nothing, and the probabilities are upper bounds (docs/format.md, "Diff").
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from curate.history.drivers import Drivers, drivers_of
from curate.history.measures import weighed
from curate.history.plots import Plot, plotted
from curate.history.slices import Slices
from curate.history.sources import Source, sources_of
from curate.history.two_samples import (
    Counts,
    Values,
    chi_square,
    holm,
    kolmogorov_smirnov,
    quantile,
    stability_index,
)
from curate.store import Version
from curate.store.catalog import Connection, row_of, table_of

LEVEL: Final = 0.05
"""What a corrected probability is below for a shift to be called one (R. A. Fisher, "Statistical
Methods for Research Workers", 1925)."""

QUANTILES: Final = (0.05, 0.5, 0.95)


class Spread(NamedTuple):
    """A number over the members of one version that have it."""

    records: int
    mean: float
    low: float
    """Up to which a twentieth of the members lies."""
    median: float
    high: float
    """Up to which all but a twentieth lie."""


class Share(NamedTuple):
    """A label and how many members of each version have it."""

    label: str
    before: int
    after: int


class Shift(NamedTuple):
    """How one distribution shifted."""

    name: str
    """`FIELD.SIGNAL`, `labels.NAME`, or one of `sources.SIZES`."""
    test: Literal["kolmogorov-smirnov", "chi-square"]
    distance: float
    """D of the Kolmogorov-Smirnov test, or the total variation distance of labels; 0 to 1."""
    p: float
    """The probability of such a distance by chance, corrected for the number of tests (Holm)."""
    p_alone: float
    """The same without the correction."""
    psi: float | None
    """The population stability index of a number."""
    at: float | None
    """The number at which the two distribution functions part most."""
    moved: Literal["up", "down"] | None
    before: Spread | None
    after: Spread | None
    lacking: tuple[int, int]
    """Members of each version of which the signal was not measured."""
    shares: tuple[Share, ...]
    """Of labels, those whose share changed most first."""
    drivers: Drivers | None
    """The records behind a number's shift, where it is one."""
    plot: Plot | None

    @property
    def is_one(self) -> bool:
        """Whether chance is an unlikely reason."""
        return self.p < LEVEL


def shifts_of(before: Version, changes: pa.Table, slices: Slices) -> tuple[Shift, ...]:
    """Compare the distributions of two versions, given the changes between them and its slices.

    The largest distance comes first. What only one of the versions has is left out.
    """
    with weighed(before, changes) as connection:
        labels = [one.by for one in slices.unlisted]
        sources = sources_of(connection, before, labels)
        found = [one for source in sources for one in _number(connection, source)]
        found += _labels(slices)
        for at, p in enumerate(holm([one.p_alone for one in found])):
            found[at] = found[at]._replace(p=p)
        by_name = {source.name: source.of_changed for source in sources}
        for at, one in enumerate(found):
            if one.is_one and one.at is not None:
                drivers = drivers_of(connection, by_name[one.name], one.at, one.moved == "up")
                found[at] = one._replace(drivers=drivers)
    return tuple(sorted(found, key=lambda one: (-one.distance, one.name)))


def _number(connection: Connection, source: Source) -> Iterator[Shift]:
    """The shift of one number, if both versions have it."""
    table = table_of(
        connection,
        f"""
        SELECT measured::DOUBLE AS measured, sum(before)::BIGINT AS before,
            sum(after)::BIGINT AS after
        FROM ({source.values}) JOIN weights USING (hash)
        WHERE measured IS NOT NULL AND NOT isnan(measured) GROUP BY measured ORDER BY measured""",
    )
    values, before, after = (column.to_numpy() for column in table.columns)
    known = int(before.sum()), int(after.sum())
    if not all(known):
        return
    gap = kolmogorov_smirnov(values, before, after)
    yield Shift(
        source.name,
        "kolmogorov-smirnov",
        gap.statistic,
        gap.p,
        gap.p,
        psi=stability_index(values, before, after),
        at=gap.at,
        moved=None if gap.statistic == 0 else "down" if gap.more_below else "up",
        before=_spread(values, before),
        after=_spread(values, after),
        lacking=_lacking(connection, source, known),
        shares=(),
        drivers=None,
        plot=plotted(values, before, after),
    )


def _lacking(connection: Connection, source: Source, known: tuple[int, int]) -> tuple[int, int]:
    if source.fields is None:
        return (0, 0)
    members = row_of(
        connection,
        "SELECT coalesce(sum(before), 0)::BIGINT, coalesce(sum(after), 0)::BIGINT FROM weights "
        f"SEMI JOIN ({source.fields}) USING (hash)",
    )
    before, after = members or known
    return (before - known[0], after - known[1])


def _spread(values: Values, counts: Counts) -> Spread:
    mean = float(np.average(values, weights=counts))
    return Spread(int(counts.sum()), mean, *(quantile(values, counts, q) for q in QUANTILES))


def _labels(slices: Slices) -> Iterator[Shift]:
    """The shifts of labels, of records and of texts, from how many members have each value."""
    for by, group in groupby(slices.slices, key=lambda one: one.by):
        shares = [Share(one.name, one.before.records, one.after.records) for one in group]
        before, after = (np.array([one[side] for one in shares], np.int64) for side in (1, 2))
        if "." not in by or not before.sum() or not after.sum():
            continue
        drift = chi_square(before, after)
        parted = np.abs(after / after.sum() - before / before.sum())
        yield Shift(
            by,
            "chi-square",
            drift.statistic,
            drift.p,
            drift.p,
            psi=None,
            at=None,
            moved=None,
            before=None,
            after=None,
            lacking=(0, 0),
            shares=tuple(shares[at] for at in np.argsort(-parted, kind="stable")),
            drivers=None,
            plot=None,
        )
