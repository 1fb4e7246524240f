"""Filling up small slices with texts that lie where SMOTE puts its points."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import PrivateAttr, model_validator

from curate.decision import LABEL
from curate.errors import RefusedError
from curate.mixing.slicing import NONE, Slicing
from curate.resampling.samplers import OverSampler, UnfitError
from curate.resampling.step import SamplerStep
from curate.resampling.synthetic import Points, Realised, realise
from curate.selection import TRAINED, Gathered

_LABEL, _META = "labels.", "meta."


class _Made(NamedTuple):
    """What became of a slice."""

    name: str
    records: int
    points: int
    realised: int
    repeated: int
    """Of those realised, how many had the label before."""


class Oversample(SamplerStep):
    """Label records of a pool that lie where SMOTE or its kin make points for small slices.

    A point between two records is no text. The nearest record of the pool that no point before has
    taken stands for it: nearer to the point than its two parents to one another, and with the
    label of the slice, or without one and nearest of all to a record of the slice. It gets the
    label, and the ledger names both parents; what no point takes of the pool goes.
    """

    name: ClassVar[str] = "oversample"
    version: ClassVar[int] = 1

    sampler: OverSampler = "SMOTE"
    """A class of imbalanced-learn that makes points between records (SMOTE: Chawla et al. 2002,
    arXiv 1106.1813)."""
    pool: str
    """The source whose records may stand for points; or `meta.NAME`, for all that have such an
    entry: `meta.synthetic` for those that `augment` made."""

    _made: tuple[list[_Made], int] | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _makes_labels(self) -> Self:
        if not self.by.startswith(_LABEL) or self.by == _LABEL:
            raise ValueError(f"`by` must be the label that is given, `labels.NAME`; got {self.by}")
        if self.pool == _META:
            raise ValueError(f"`pool` names no entry; write `{_META}synthetic`, or a source")
        return self

    def facts_fingerprint(self) -> str:
        """What makes the facts: of another pool there are others."""
        return self._digest_of({"own": super().facts_fingerprint(), "pool": self.pool})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """With `pooled`: whether a record may stand for a point."""
        if self.pool.startswith(_META):
            pooled = pc.not_equal(Slicing(self.pool, self.field).of(batch), NONE)
        else:
            pooled = pc.equal(batch.column("source"), self.pool)
        return super().facts(batch, seed).append_column("pooled", pc.fill_null(pooled, False))

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`realised` (schema `decision.LABEL`), and `unused` records of the pool."""
        records = gathered.table(f"SELECT * FROM facts WHERE {TRAINED} ORDER BY id, copy")
        is_worth_it = pc.or_(records["pooled"], pc.not_equal(records["slice"], NONE))
        seen = self._seen(records.filter(is_worth_it))
        pool, own = seen.filter(seen["pooled"]), seen.filter(pc.invert(seen["pooled"]))
        self._check_pool(gathered, pool)
        if not len(pool):
            return {"realised": LABEL.empty_table(), "unused": seen.select(["id", "copy"])}
        try:
            features = self._features(gathered, pa.concat_tables([own, pool]))
            points = self._sampling.points(features[: len(own)], own["slice"].to_pylist(), seed)
        except UnfitError as error:
            raise self._refused(own["slice"], error) from error
        names = sorted(set(own["slice"].to_pylist()))
        codes = {name: code for code, name in enumerate(names)} | {NONE: -1}
        classes, pool_classes = (
            np.array([codes.get(name, -2) for name in each["slice"].to_pylist()], np.int64)
            for each in (own, pool)
        )
        ours, theirs = features[: len(own)], features[len(own) :]
        found = realise(points, ours, classes, theirs, pool_classes)
        self._made = _counted(names, classes, pool_classes, points, found), len(pool)
        unused = np.ones(len(pool), np.bool_)
        unused[found.rows] = False
        return {
            "realised": _rows(self.by.removeprefix(_LABEL), names, points, found, own, pool),
            "unused": pool.select(["id", "copy"]).filter(pa.array(unused)),
        }

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what no point took."""
        return "SELECT id, copy, 'drop' AS action, 'oversample-unused' AS rule FROM unused"

    def labels(self, seed: int) -> str | None:  # noqa: ARG002
        """Label what stands for points."""
        return "SELECT * FROM realised"

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """How many points each slice got, and for how many there was a text."""
        made, pool = self._made or ([], 0)
        return [
            f"{one.name}: {one.records:,} records and {one.realised:,} of the pool, for "
            f"{one.points:,} points of {self.sampler} ({one.repeated:,} had the label before)"
            for one in made
            if one.points
        ] + [f"the pool had {pool:,} records"] * bool(made)

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The same as JSON; `holds` where every point found a text."""
        if self._made is None:
            return None
        made, pool = self._made
        return {
            "kind": "oversample",
            "holds": all(one.points == one.realised for one in made),
            "sampler": self.sampler,
            "pool": pool,
            "slices": [one._asdict() for one in made],
        }

    def _check_pool(self, gathered: Gathered, pool: pa.Table) -> None:
        if len(pool):
            return
        counted = gathered.table("SELECT DISTINCT source FROM facts ORDER BY source")
        sources = ", ".join(filter(None, counted["source"].to_pylist()))
        if sources:
            raise RefusedError(
                f"step {self.name}",
                f"the pool {self.pool!r} has no record here",
                f"Name one of the sources ({sources}), or `{_META}synthetic` behind `augment`",
            )


def _counted(
    names: Sequence[str],
    classes: np.ndarray[Any, Any],
    pool_classes: np.ndarray[Any, Any],
    points: Points,
    found: Realised,
) -> list[_Made]:
    def counts(of: Any) -> list[int]:
        return [int(each) for each in np.bincount(of, minlength=len(names))]

    realised = points.classes[found.points]
    known = realised[pool_classes[found.rows] >= 0]
    columns = (counts(classes), counts(points.classes), counts(realised), counts(known))
    return [_Made(*row) for row in zip(names, *columns, strict=True)]


def _rows(
    label: str,
    names: Sequence[str],
    points: Points,
    found: Realised,
    own: pa.Table,
    pool: pa.Table,
) -> pa.Table:
    """A row for each parent of what stands for a point."""
    parents, whose = own["id"].to_pylist(), pool.select(["id", "copy"]).to_pylist()

    def rows() -> Iterator[dict[str, Any]]:
        for point, row in zip(found.points.tolist(), found.rows.tolist(), strict=True):
            value = orjson.dumps(names[points.classes[point]]).decode()
            for place, parent in enumerate(points.parents[point].tolist(), 1):
                if parent >= 0:
                    given = {"name": label, "value": value, "of": parents[parent]}
                    yield {**whose[row], **given, "rule": f"oversample-parent-{place}"}

    return pa.Table.from_pylist(list(rows()), LABEL)
