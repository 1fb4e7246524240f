"""Setting parts of a dataset aside for evaluation and test."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Annotated, ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator, model_validator

from curate.allotment import Groups, allot
from curate.fields import field_texts
from curate.hashing import digest
from curate.selection import Gathered, SelectionOperator
from curate.signals.normal_form import normal_form

_WHOLE: Final = 2**64
_SIDES: Final = ("eval", "test")
_LABEL: Final = "labels."

Part = Annotated[float, Field(ge=0, lt=1)] | Annotated[int, Field(ge=1)]


class Split(SelectionOperator):
    """Set groups of records aside by hash, so that a growing dataset keeps them where they are.

    A group's position in [0, 1) is a hash of the seed and of its lowest id, or of its prompt: below
    `eval` it belongs to eval, below `eval` + `test` to test, else to train. So only records whose
    group gets a lower id, or is joined to another, ever change sides; a build lists them. With
    numbers of records, or `stratify`, groups are taken in the order of their positions until the
    number is reached: then those at the border may move too.
    """

    name: ClassVar[str] = "split"
    version: ClassVar[int] = 2
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)

    eval: Part = 0.05
    """What is set aside for evaluation: a share below 1, or a number of records."""
    test: Part = 0.0
    """What is set aside for the final test: a share below 1, or a number of records."""
    by: Literal["id", "prompt"] = "id"
    """What stays together: `id` splits record by record; `prompt` puts records of equal prompt
    (case, compatibility forms and white space do not count) into one split. A document's prompt is
    its text; a record with neither is split by its id."""
    stratify: str = ""
    """A label, such as `labels.topic`, of whose every value the same share is set aside. A group
    has the label of its lowest id."""

    @field_validator("stratify")
    @classmethod
    def _is_a_label(cls, name: str) -> str:
        if name and not (name.startswith(_LABEL) and len(name) > len(_LABEL)):
            raise ValueError(f"{name!r} is no label; write `labels.NAME`")
        return name

    @model_validator(mode="after")
    def _something_is_left(self) -> Self:
        shares = [part for part in (self.eval, self.test) if isinstance(part, float)]
        if sum(shares) >= 1:
            found = f"eval {self.eval} and test {self.test} leave nothing for train"
            raise ValueError(f"{found}; their sum must be below 1")
        if self.eval == self.test == 0:
            raise ValueError("eval and test are both 0; give at least one of them a share")
        return self

    @property
    def _is_by_position(self) -> bool:
        """Whether the position alone decides."""
        parts = (self.eval, self.test)
        return not self.stratify and all(isinstance(part, float) for part in parts)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`position`: where each record stands, as a count of 2^-64; `stratum`: its label."""
        keys = batch.column("id").cast(pa.binary())
        if self.by == "prompt":
            prompts = pc.coalesce(field_texts(batch, "prompt"), batch.column("text"))
            keys = pc.coalesce(normal_form(prompts).cast(pa.binary()), keys)
        columns = {"position": positions(keys, seed)}
        if self.stratify:
            columns["stratum"] = _label(batch.column("labels"), self.stratify.removeprefix(_LABEL))
        return pa.RecordBatch.from_pydict(columns)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`sides`: the split of each group that does not stay in train, by its position."""
        if self._is_by_position:
            return {}
        label = "arg_min(stratum, id)" if self.stratify else "NULL::VARCHAR"
        groups = gathered.table(
            "SELECT position, row_number() OVER (ORDER BY min(id)) AS rank, "
            f"count(*) AS size, {label} AS stratum FROM facts GROUP BY position"
        )
        return {"sides": self._sides(groups)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Name the split of every record that does not stay in train."""
        found = f"'split' AS action, 'split-by-{self.by}' AS rule"
        if not self._is_by_position:
            return f"SELECT id, copy, {found}, split FROM facts JOIN sides USING (position)"
        first = ceil(Fraction(self.eval) * _WHOLE)
        second = ceil((Fraction(self.eval) + Fraction(self.test)) * _WHOLE)
        return (
            f"SELECT id, copy, {found}, CASE WHEN position < {first} THEN 'eval' ELSE 'test' END "
            f"AS split FROM facts WHERE position < {second}"
        )

    def notes(self, gathered: Gathered) -> Sequence[str]:
        """What was asked for and what was reached, where whole groups made a difference."""
        rows = gathered.table("SELECT split, count(*) AS n FROM chosen GROUP BY split").to_pylist()
        got = {row["split"]: row["n"] for row in rows}
        asked = {"eval": self.eval, "test": self.test}
        return [
            f"{side} has {got.get(side, 0):,} of the {number:,} records asked for: no group fits in"
            for side, number in asked.items()
            if isinstance(number, int) and got.get(side, 0) < number
        ]

    def _sides(self, groups: pa.Table) -> pa.Table:
        named = groups["stratum"].combine_chunks().dictionary_encode(null_encoding="encode")
        strata = named.indices.to_numpy().astype(np.int64)
        order = np.argsort(pc.fill_null(named.dictionary, "").to_numpy(zero_copy_only=False))
        columns = [groups[name].to_numpy() for name in ("position", "rank", "size")]
        given = Groups(columns[0], columns[1], columns[2], np.argsort(order)[strata])
        sides = allot(given, (self.eval, self.test))
        names = pa.array(_SIDES).take(pa.array(sides, mask=sides < 0))
        return pa.table({"position": groups["position"], "split": names}).drop_null()


def positions(keys: pa.Array, seed: int) -> pa.Array:
    """Where keys stand, as counts of 2^-64 (uint64)."""
    start = str(seed).encode()
    digests = (digest(b"curate.split.1", start, key) for key in keys.to_pylist())
    found: npt.NDArray[np.uint64] = np.frombuffer(b"".join(part[:8] for part in digests), "<u8")
    return pa.array(found, pa.uint64())


def _label(labels: pa.StringArray, name: str) -> pa.StringArray:
    """The JSON value of a label of each record; null where it has none."""
    encoded = labels.dictionary_encode()
    values = [
        orjson.dumps(found[name]).decode() if name in found else None
        for found in (orjson.loads(text or "{}") for text in encoded.dictionary.to_pylist())
    ]
    return pa.array(values, pa.string()).take(encoded.indices)
