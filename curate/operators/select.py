"""Selecting the best records by a score, beside what choosing without the score would give."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, PrivateAttr, model_validator

from curate.mixing.choosing import positions
from curate.mixing.slicing import Slicing
from curate.mixing.step import Bins
from curate.mixing.units import amounts, wanted
from curate.ranking.baselines import Baseline, Flags, Numbers, baseline, first_ones
from curate.ranking.choice import DECIDED, Choice, Ranked, Unscored, decided
from curate.ranking.expression import Ranking
from curate.ranking.report import Report, document, lines, told_of, told_slices
from curate.scores import Wanted
from curate.selection import Gathered, SelectionOperator
from curate.semantic.diverse import diverse
from curate.semantic.stored import WANTED as VECTORS
from curate.semantic.stored import stored_vectors
from curate.setting_types import MeasuredField


class Select(SelectionOperator):
    """Keep the records with the highest score, by slice, and tell what choosing otherwise gives.

    The score is an expression over signals and scores. Beside the choice stand its baselines, of
    as many tokens: random, longest, and random of the same lengths; each of them is a `method`, to
    train the model that the choice must beat.
    """

    name: ClassVar[str] = "select"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "numpy", "pyarrow")
    scans: ClassVar[bool] = True

    by: str
    """What ranks records: an SQL expression such as `quality * complexity`. `chosen_NAME` and
    `rejected_NAME` are of either side of a pair: `chosen_reward - rejected_reward`."""
    top: Annotated[int, Field(ge=1)] | Annotated[float, Field(gt=0, lt=1)]
    """How much is kept of each slice: a share of its records below 1, or a number in `unit`."""
    per: str | None = None
    """What slices are made by, such as `source` or `labels.topic`; all is one slice by default."""
    bins: Bins = ()
    """Edges between slices, where `per` is a number, such as [100, 400]."""
    method: Literal["best", "deita"] | Baseline = "best"
    """`best` takes the first of the ranking; `deita` only those that are not like one taken before
    (Liu et al. 2023, arXiv 2312.15685, section 2.3), by a step `embedding`; `random`, `longest` and
    `length-matched` are the baselines of `best`, of as many tokens."""
    threshold: float = Field(default=0.9, gt=0, le=1)
    """For `deita`: the cosine from which two records are alike; 0.9 as in its paper."""
    highest: bool = True
    """Whether higher scores are better."""
    field: MeasuredField = "response"
    """The field that signals are measured on, and scores are of."""
    unit: str = "records"
    """What `top` counts: `records`, `characters`, or a score such as `trained_tokens`."""
    tokens: str = "characters"
    """In what baselines are as large as the choice: `characters`, or a score such as
    `trained_tokens`."""
    unscored: Unscored = "drop"
    """What becomes of records without a score."""

    _report: Report | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _ranking_is_right(self) -> Self:
        self._ranking.check()
        if self._slicing is not None:
            self._slicing.check()
        if self.tokens == "records":
            raise ValueError("`tokens` is what records are long in: `characters` or a score")
        return self

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signals that it ranks and slices by."""
        slices = [] if self._slicing is None else self._slicing.signal_keys()
        return [*self._ranking.signal_keys(), *slices]

    def wants(self) -> Sequence[Wanted]:
        """The scores that it ranks and counts by, and vectors for `deita`."""
        slices = [] if self._slicing is None else self._slicing.wants()
        vectors = VECTORS if self.method == "deita" else ()
        return [*self._ranking.wants(), *slices, *wanted(self.unit), *wanted(self.tokens), *vectors]

    def facts_fingerprint(self) -> str:
        """What makes the facts: another `top` takes none again."""
        names = ("by", "per", "bins", "field", "unit", "tokens")
        made = {name: getattr(self, name) for name in names}
        return self._digest_of(made | {"vectors": self.method == "deita"})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`score`, `slice`, `amount` (in the unit), `length` (in tokens), `position`, `vector`."""
        slices = pa.repeat("", len(batch)) if self._slicing is None else self._slicing.of(batch)
        columns = {
            "score": self._ranking.values(batch),
            "slice": slices.cast(pa.string()),
            "amount": pa.array(amounts(self.unit, batch)),
            "length": pa.array(amounts(self.tokens, batch)),
            "position": pa.array(positions(batch.column("id"), seed)),
        }
        if self.method == "deita":
            columns["vector"] = stored_vectors(batch)
        return pa.RecordBatch.from_pydict(columns)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`not_selected`: what goes, and why."""
        records = gathered.table("SELECT * FROM facts ORDER BY slice, id, copy").combine_chunks()
        gone: list[pa.Table] = []
        told: dict[str, Any] = {}
        start = 0
        # The records of a slice stand together.
        for one in pc.value_counts(records["slice"]).to_pylist():
            name, count = one["values"], one["counts"]
            part = Ranked.of(records.slice(start, count).combine_chunks(), self.highest)
            start += count
            choice = self._choose(part)
            gone.append(decided(part, choice, self.method, self.threshold, self.unscored))
            told[name] = told_of(part, choice, self.unscored)
        self._report = told_slices(told, self.per)
        return {"not_selected": pa.concat_tables([DECIDED.empty_table(), *gone])}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what was not selected."""
        return 'SELECT id, copy, \'drop\' AS action, rule, value, "limit", "of" FROM not_selected'

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """The choice beside its baselines, and whether the score is mostly length."""
        if self._report is None:
            return ()
        return list(lines(self._report, self.per, self.tokens, self.unscored))

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The same as JSON."""
        if self._report is None:
            return None
        return document(self._report, self.by)

    @property
    def _ranking(self) -> Ranking:
        return Ranking(self.by, self.field)

    @property
    def _slicing(self) -> Slicing | None:
        return None if self.per is None else Slicing(self.per, self.field, self.bins)

    def _choose(self, part: Ranked) -> Choice:
        counted = isinstance(self.top, int)
        sizes = part.amounts if counted else np.ones(len(part.amounts))
        budget = float(self.top) if counted else float(max(1, round(self.top * len(part.order))))
        best = first_ones(part.order, sizes, budget)
        if self.method == "deita":
            return self._different(part, best, sizes, budget)
        if self.method == "best":
            return Choice(best, best)
        return Choice(baseline(self.method, best, part.lengths, part.drawn), best)

    def _different(self, part: Ranked, best: Flags, sizes: Numbers, budget: float) -> Choice:
        """Down the ranking, what is not like anything taken before."""
        order = part.order[part.has_vector[part.order]]
        vectors = part.records["vector"].combine_chunks().take(pa.array(order))
        found = diverse(vectors, self.threshold, sizes[order], budget)
        taken = np.zeros(len(sizes), np.bool_)
        taken[order[found.taken]] = True
        nearest, similarities = np.full(len(sizes), -1), np.zeros(len(sizes))
        like = found.nearest >= 0
        nearest[order[like]] = order[found.nearest[like]]
        similarities[order[like]] = found.similarities[like]
        return Choice(taken, best, nearest, similarities)
