"""Selecting the best records by a score, beside what choosing without the score would give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import PrivateAttr, model_validator

from curate.mixing.choosing import positions
from curate.mixing.slicing import Slicing
from curate.mixing.step import Bins
from curate.mixing.units import amounts, wanted
from curate.ranking.choice import DECIDED, Ranked, Unscored, decided
from curate.ranking.expression import Ranking
from curate.ranking.report import Report, document, lines, told_of, told_slices
from curate.ranking.step import ChoiceStep
from curate.scores import Wanted
from curate.selection import TRAINED, Gathered
from curate.semantic.compiling import kernel
from curate.semantic.stored import WANTED as VECTORS
from curate.semantic.stored import stored_vectors
from curate.setting_types import MeasuredField


class Select(ChoiceStep):
    """Keep the records with the highest score, by slice, and tell what choosing otherwise gives.

    The score is an expression over signals and scores. Beside the choice stand its baselines, of
    as many tokens: random, longest, and random of the same lengths; each of them is a `method`, to
    train the model that the choice must beat. What was set aside for eval and test stays.
    """

    name: ClassVar[str] = "select"
    version: ClassVar[int] = 2
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "numba", "numpy", "pyarrow")
    scans: ClassVar[bool] = True

    per: str | None = None
    """What slices are made by, such as `source` or `labels.topic`; all is one slice by default."""
    bins: Bins = ()
    """Edges between slices, where `per` is a number, such as [100, 400]."""
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
        if self._ranking is not None:
            self._ranking.check()
        if self._slicing is not None:
            self._slicing.check()
        if self.tokens == "records":
            raise ValueError("`tokens` is what records are long in: `characters` or a score")
        return self

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signals that it ranks and slices by."""
        slices = [] if self._slicing is None else self._slicing.signal_keys()
        ranking = [] if self._ranking is None else self._ranking.signal_keys()
        return [*ranking, *slices]

    def wants(self) -> Sequence[Wanted]:
        """The scores that it ranks and counts by, and vectors."""
        slices = [] if self._slicing is None else self._slicing.wants()
        ranking = [] if self._ranking is None else self._ranking.wants()
        vectors = VECTORS if self.compares_vectors else ()
        return [*ranking, *slices, *wanted(self.unit), *wanted(self.tokens), *vectors]

    def facts_fingerprint(self) -> str:
        """What makes the facts: another `top` takes none again."""
        names = ("by", "per", "bins", "field", "unit", "tokens")
        made = {name: getattr(self, name) for name in names}
        return self._digest_of(made | {"vectors": self.compares_vectors})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`score`, `slice`, `amount` (in the unit), `length` (in tokens), `position`, `vector`."""
        slices = pa.repeat("", len(batch)) if self._slicing is None else self._slicing.of(batch)
        columns = {
            "score": self._values(batch),
            "slice": slices.cast(pa.string()),
            "amount": pa.array(amounts(self.unit, batch)),
            "length": pa.array(amounts(self.tokens, batch)),
            "position": pa.array(positions(batch.column("id"), seed)),
        }
        if self.compares_vectors:
            columns["vector"] = stored_vectors(batch)
        return pa.RecordBatch.from_pydict(columns)

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled, where the method or what is told of it needs it."""
        if self.compares_vectors:
            kernel(say)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`not_selected`: what goes, and why."""
        records = gathered.table(
            f"SELECT * FROM facts WHERE {TRAINED} ORDER BY slice, id, copy"
        ).combine_chunks()
        gone: list[pa.Table] = []
        told: dict[str, Any] = {}
        start = 0
        # The records of a slice stand together.
        for one in pc.value_counts(records["slice"]).to_pylist():
            name, count = one["values"], one["counts"]
            rows = records.slice(start, count).combine_chunks()
            part = Ranked.of(rows, self.highest, self.by is not None)
            start += count
            choice = self.choose(part, seed)
            gone.append(decided(part, choice, self.method, self.unscored))
            told[name] = told_of(part, choice, self.chosen_by, self.unscored)
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
        return document(self._report, self.by, self.method)

    @property
    def _ranking(self) -> Ranking | None:
        return None if self.by is None else Ranking(self.by, self.field)

    @property
    def _slicing(self) -> Slicing | None:
        return None if self.per is None else Slicing(self.per, self.field, self.bins)

    def _values(self, batch: pa.RecordBatch) -> pa.Array:
        ranking = self._ranking
        return pa.nulls(len(batch), pa.float64()) if ranking is None else ranking.values(batch)
