"""Labels held against what the rule measured on their records."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.history.tune_advice import Advice, Labelled, advise, cell_weights
from curate.history.tune_facts import Facts
from curate.history.tune_limits import candidates
from curate.history.tune_samples import cells, groups_of
from curate.history.whatif_curve import Counts, Flags, failing_at
from curate.store.catalog import Connection


class Labelling(NamedTuple):
    """What labels say."""

    advice: Advice
    skipped: int
    """Labels that say neither good nor bad."""
    elsewhere: int
    """Labels of records that the rule did not judge in this version."""
    covered: float
    """The share of the records with a value that labels stand for: those of cells with a label."""


def labelling(
    connection: Connection,
    facts: Facts,
    on_scale: bool,
    said: Mapping[bytes, str],
    precision: float | None,
) -> Labelling:
    """Advise by labels, of which each is `good`, `bad` or `skip`."""
    decided = {one: label == "bad" for one, label in said.items() if label != "skip"}
    groups = groups_of(connection, facts, sorted(decided))
    cell = cells(facts, on_scale)
    groups = {one: at for one, at in groups.items() if cell[at] >= 0}
    places = np.array(list(groups.values()), np.int64)
    bad = np.array([decided[one] for one in groups], np.bool_)
    known = cell >= 0
    sizes = np.bincount(cell[known], facts.groups.records[known])
    labelled = _labelled(facts, on_scale, places, bad, cell[places], sizes.tolist())
    return Labelling(
        advise(labelled, facts.limit, precision),
        skipped=len(said) - len(decided),
        elsewhere=len(decided) - len(groups),
        covered=float(sizes[np.unique(cell[places])].sum() / sizes.sum()),
    )


def _labelled(
    facts: Facts,
    on_scale: bool,
    places: Counts,
    bad: Flags,
    cell: Counts,
    sizes: Sequence[float],
) -> Labelled:
    """The labelled records under all limits that sort them differently."""
    tried = candidates(facts, facts.values[places], on_scale)
    signals = facts.groups.signals.take(pa.array(places))
    fails: dict[bytes, tuple[float, Flags]] = {}
    for limit, failing in zip(tried, failing_at(facts.rule, tried, signals), strict=True):
        fails.setdefault(failing.tobytes(), (limit, failing))
    limits, rows = zip(*sorted(fails.values(), key=lambda one: one[0]), strict=True)
    return Labelled(
        np.array(limits, np.float64), np.array(rows, np.bool_), bad, cell, cell_weights(cell, sizes)
    )
