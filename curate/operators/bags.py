"""Balanced subsets to train an ensemble on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, PrivateAttr, model_validator

from curate.errors import RefusedError
from curate.mixing.bagging import bag, seed_of
from curate.mixing.choosing import Numbers
from curate.mixing.levels import Level, level_of
from curate.mixing.slicing import COLUMNS, NONE, Slicing
from curate.mixing.step import Bins
from curate.scores import Wanted
from curate.selection import TRAINED, Gathered, SelectionOperator
from curate.setting_types import MeasuredField


class Bags(SelectionOperator):
    """Draw balanced subsets, each a split of its own (`REF:bag-1`), to train a model on each.

    Every bag is drawn anew from the larger slices, so that together they use more of these than one
    balanced dataset does (EasyEnsemble: Liu, Wu and Zhou 2009, "Exploratory Undersampling for
    Class-Imbalance Learning", section III-A). A record of several bags stands once for each.
    Records of eval and test stay; what no bag has goes.
    """

    name: ClassVar[str] = "bags"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("numpy", "pyarrow")

    count: int = Field(default=5, ge=1, le=1000)
    """How many bags."""
    by: str = "source"
    """What slices are made by: a label such as `labels.intent`, or whatever `balance` takes."""
    to: Level | Annotated[int, Field(ge=1)] = "smallest"
    """How many records of each slice a bag has: as many as the `smallest`, `median`, `mean` or
    `largest` slice, or a number. A slice that has less is in whole in every bag."""
    replace: bool = False
    """Whether a bag draws with replacement, as bagging does; then small slices fill up too."""
    field: MeasuredField = "response"
    """The field on which a signal that slices are made by is measured."""
    bins: Bins = ()
    """Edges between slices, where `by` is a number, such as [100, 400]."""

    _told: list[tuple[str, int, int]] | None = PrivateAttr(default=None)
    _used: tuple[int, int] = PrivateAttr(default=(0, 0))

    @model_validator(mode="after")
    def _slices_can_be_made(self) -> Self:
        self._slicing.check(knows_refs=True)
        return self

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signal that slices are made by."""
        return self._slicing.signal_keys()

    def wants(self) -> Sequence[Wanted]:
        """The score that slices are made by."""
        return self._slicing.wants()

    def facts_fingerprint(self) -> str:
        """What makes the facts: more bags take none again."""
        return self._digest_of({name: getattr(self, name) for name in ("by", "field", "bins")})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`slice` of each record."""
        slices = self._slicing.of(batch).cast(pa.string())
        return pa.RecordBatch.from_arrays([slices], ["slice"])

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`bagged`: the bags of each record."""
        records = gathered.table(
            f"SELECT id, copy, {self._slicing.column_sql} FROM facts WHERE {TRAINED} "
            "ORDER BY id, copy"
        )
        times = self._times(records, seed)
        self._told = [
            (f"bag-{number}", int((each > 0).sum()), int(each.sum()))
            for number, each in enumerate(times, 1)
        ]
        self._used = (int(np.any(times, axis=0).sum()) if times else 0, len(records))
        bagged = pa.array(list(_names(times, len(records))), pa.list_(pa.string()))
        return {"bagged": records.append_column("splits", bagged)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """A copy of each record for each of its bags."""
        return """
            SELECT id, copy,
                CASE len(splits) WHEN 0 THEN 'drop' WHEN 1 THEN 'split' ELSE 'copy' END AS action,
                CASE WHEN len(splits) = 0 THEN 'bags-undrawn' ELSE 'bags-drawn' END AS rule,
                CASE WHEN len(splits) = 0 THEN to_json(slice)::VARCHAR END AS value,
                CASE WHEN len(splits) = 1 THEN splits[1] END AS split,
                CASE WHEN len(splits) > 1 THEN len(splits)::INTEGER END AS copies,
                CASE WHEN len(splits) > 1 THEN splits END AS splits
            FROM bagged
        """

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """What each bag has, and what all of them use."""
        if self._told is None:
            return ()
        listed = [
            f"{name}: {records:,} records" + f", {whole:,} with repeats" * (whole > records)
            for name, records, whole in self._told
        ]
        used, came = self._used
        together = f"together they use {used:,} of {came:,} records"
        if all(records == used for _, records, _ in self._told) and not self.replace:
            together += ": all bags are alike, as no slice is larger than was asked for"
        return [*listed, together]

    def _times(self, records: pa.Table, seed: int) -> list[Numbers]:
        """For each bag, how often it has each record."""
        if not len(records):
            return []
        slices = records["slice"].combine_chunks().dictionary_encode()
        codes = np.asarray(slices.indices.to_numpy(), np.int64)
        names = slices.dictionary.to_pylist()
        unnamed = None if self.by in COLUMNS else NONE
        if names == [unnamed]:
            found = f"no record to learn from has a value of {self.by}"
            raise RefusedError(f"step {self.name}", found, "Name one in `by`, such as labels.NAME")
        sizes = dict(zip(names, np.bincount(codes).tolist(), strict=True))
        sizes.pop(unnamed, None)
        number = round(level_of(sizes, self.to))
        wanted = {code: number for code, name in enumerate(names) if name != unnamed}
        ids = records["id"].combine_chunks()
        return [
            bag(ids, codes, wanted, seed_of(seed, each), self.replace)
            for each in range(1, self.count + 1)
        ]

    @property
    def _slicing(self) -> Slicing:
        return Slicing(self.by, self.field, self.bins)


def _names(times: Sequence[Numbers], count: int) -> Iterator[list[str]]:
    """The bags of each record, one for each time."""
    named = [f"bag-{number}" for number in range(1, len(times) + 1)]
    for row in np.array(times, np.int64).reshape(len(times), count).T.tolist():
        yield [name for name, often in zip(named, row, strict=True) for _ in range(often)]
