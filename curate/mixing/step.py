"""A selection that says how much of each slice there shall be."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from curate.errors import RefusedError
from curate.mixing import desirable
from curate.mixing.choosing import Chosen, Slice, choose, positions
from curate.mixing.report import document, lines, told_slices
from curate.mixing.slicing import COLUMNS, NONE, Slicing
from curate.mixing.targets import InfeasibleError
from curate.mixing.units import amounts, wanted
from curate.scores import Wanted
from curate.selection import TRAINED, Gathered, SelectionOperator
from curate.setting_types import MeasuredField, listed

Bins = Annotated[tuple[float, ...], BeforeValidator(listed)]
"""Edges between slices."""


class SliceStep(SelectionOperator):
    """What mixing and balancing have in common.

    Which records of a slice stay is a matter of a hash of id and seed, so that records keep their
    places when others come or go. What an earlier step set aside for evaluation or test stays.
    """

    depends: ClassVar[tuple[str, ...]] = ("numpy", "pyarrow")
    scans: ClassVar[bool] = True

    by: str = "source"
    """What slices are made by: `source`, `ref` (the source of the recipe by which a record came: a
    REF of the store, else its `source`), `kind`, `license`, `labels.NAME`, `meta.NAME`, a signal
    such as `language`, a score of a signal step before, or `desirable`: then the slices are
    `desirable` and `undesirable`, records that are neither stay, and what KTO needs is told."""
    unit: str = "records"
    """What is counted: `records`, `characters`, or a score of conversations such as
    `trained_tokens`, of the step of that name."""
    repeats: int = Field(default=1, ge=1, le=1000)
    """How often a record may stand at most; above 1, records of small slices are repeated."""
    field: MeasuredField = "response"
    """The field on which a signal that slices are made by is measured."""
    bins: Bins = ()
    """Edges between slices, where `by` is a number, such as [100, 400]."""

    _chosen: Chosen | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _slices_can_be_made(self) -> Self:
        self._slicing.check(knows_refs=True)
        return self

    @abstractmethod
    def targets(self, available: Mapping[str, float]) -> Mapping[str, float]:
        """How much of each slice there shall be; those left out stay as they are.

        Raises InfeasibleError.
        """

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signal that slices are made by."""
        return self._slicing.signal_keys()

    def wants(self) -> Sequence[Wanted]:
        """The scores that slices and amounts are made of."""
        return [*self._slicing.wants(), *wanted(self.unit)]

    def facts_fingerprint(self) -> str:
        """What makes the facts: other weights take none again."""
        names = ("by", "unit", "field", "bins")
        return self._digest_of({name: getattr(self, name) for name in names})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`slice`, `amount` (in the unit) and `position` (64 bits of a hash) of each record."""
        columns = [
            self._slicing.of(batch).cast(pa.string()),
            pa.array(amounts(self.unit, batch)),
            pa.array(positions(batch.column("id"), seed)),
        ]
        return pa.RecordBatch.from_arrays(columns, ["slice", "amount", "position"])

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`times`: how often each record that does not simply stay shall stand."""
        records = gathered.table(
            f"SELECT id, copy, {self._slicing.column_sql}, amount FROM facts WHERE {TRAINED} "
            "ORDER BY position, id, copy"
        ).combine_chunks()
        slices = records["slice"].combine_chunks()
        sizes = records["amount"].to_numpy()
        chosen = choose(slices, sizes, np.arange(len(records)), self._targets_of(slices, sizes))
        self._chosen = chosen
        told = records.select(["id", "copy", "slice"]).append_column(
            "times", pa.array(chosen.times)
        )
        return {"times": told.filter(pa.array(chosen.times != 1))}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what stands no more, and copy what stands more often."""
        return f"""
            SELECT id, copy, CASE WHEN times = 0 THEN 'drop' ELSE 'copy' END AS action,
                '{self.name}-' || CASE WHEN times = 0 THEN 'surplus' ELSE 'repeat' END AS rule,
                CASE WHEN times = 0 THEN to_json(slice)::VARCHAR END AS value,
                CASE WHEN times > 1 THEN times::INTEGER END AS copies
            FROM times
        """

    def notes(self, gathered: Gathered) -> Sequence[str]:
        """What was asked for and reached, slice by slice."""
        if self._chosen is None:
            return ()
        told = list(lines(self._told(), self.unit))
        if self.by == desirable.DESIRABLE:
            told += desirable.lines(*desirable.sides(gathered, TRAINED))
        return told

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:
        """The same, and whether all shares are near what was asked for."""
        if self._chosen is None:
            return None
        told = document(self._told(), self.unit)
        if self.by == desirable.DESIRABLE:
            told["kto"] = desirable.document(*desirable.sides(gathered, TRAINED))
        return told

    def _told(self) -> list[Slice]:
        """The slices as reports name them."""
        assert self._chosen is not None
        return told_slices(self._chosen.slices, self.by)

    @property
    def _slicing(self) -> Slicing:
        return Slicing(self.by, self.field, self.bins)

    def _targets_of(self, slices: pa.Array, sizes: Any) -> Mapping[str, float]:
        encoded = slices.dictionary_encode()
        whole = np.bincount(
            encoded.indices.to_numpy(), weights=sizes, minlength=len(encoded.dictionary)
        )
        available = dict(zip(encoded.dictionary.to_pylist(), whole.tolist(), strict=True))
        try:
            if set(available) == {NONE} and (
                self.by == desirable.DESIRABLE or self.by not in COLUMNS
            ):
                right = "name one that they have, such as source or labels.NAME"
                raise InfeasibleError([f"no record has a value of {self.by}"], right)
            if self.by == desirable.DESIRABLE:
                available.pop(NONE, None)
            return self.targets(dict(sorted(available.items()))) if available else {}
        except InfeasibleError as error:
            where = f"step {self.name} by {self.by}"
            raise RefusedError(where, "\n  ".join(error.lines), error.right) from error
