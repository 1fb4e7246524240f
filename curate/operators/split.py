"""Setting parts of a dataset aside for evaluation and test."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Annotated, ClassVar, Final, Literal, Self

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, PrivateAttr, field_validator, model_validator

from curate.allotment import Groups, allot
from curate.fields import field_texts
from curate.hashing import digest, hash_texts
from curate.neardup import Banding, Shingling, finding, parts_of
from curate.neardup.compiling import kernel
from curate.neardup.grouping import FAMILIES, TWINS, edges, lowest, read_first
from curate.neardup.joining import Way
from curate.selection import Gathered, SelectionOperator
from curate.signals.normal_form import normal_form
from curate.synthetic import parents_of

_WHOLE: Final = 2**64
_SIDES: Final = ("eval", "test")
_LABEL: Final = "labels."
_COMMON: Final = 0.05
"""The share of records from which n-grams are boiler-plate, as `near_dedup` has it."""

_A_CHILD: Final = "SELECT 1 FROM facts WHERE parent IS NOT NULL LIMIT 1"
_SET_ASIDE: Final = "SELECT 1 FROM facts SEMI JOIN chosen USING (id, copy) WHERE parent IS NOT NULL"

Numbers = npt.NDArray[np.int64]

Part = Annotated[float, Field(ge=0, lt=1)] | Annotated[int, Field(ge=1)]


class Split(SelectionOperator):
    """Set groups of records aside by hash, so that a growing dataset keeps them where they are.

    A group's position in [0, 1) is a hash of the seed and of its lowest id, or of its prompt: below
    `eval` it belongs to eval, below `eval` + `test` to test, else to train. So only records whose
    group gets a lower id, or is joined to another, ever change sides; a build lists them. With
    numbers of records, or `stratify`, groups are taken in the order of their positions until the
    number is reached: then those at the border may move too.

    What was made of a record stays with it, and with what else was made of it. It has no say where
    they go: a group's lowest id is that of records that were read, where it has any.
    """

    name: ClassVar[str] = "split"
    version: ClassVar[int] = 3
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)

    eval: Part = 0.05
    """What is set aside for evaluation: a share below 1, or a number of records."""
    test: Part = 0.0
    """What is set aside for the final test: a share below 1, or a number of records."""
    by: Literal["cluster", "prompt", "id"] = "cluster"
    """What stays together: `cluster` puts near-duplicates, what connects over them, and records of
    equal prompt into one split; `prompt` those of equal prompt alone (case, compatibility forms and
    white space do not count; a document's prompt is its text); `id` splits record by record."""
    threshold: float = Field(default=0.5, ge=0.1, le=1)
    """The Jaccard similarity of word 5-grams from which a cluster holds together. Looser than that
    of duplicates: a record that shares half of itself with one in training is no test of a model.
    """
    stratify: str = ""
    """A label, such as `labels.topic`, of whose every value the same share is set aside. A group
    has the label of its lowest id."""

    _has_children: bool = PrivateAttr(default=False)

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

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled."""
        if self.by == "cluster":
            kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`position`: where each record stands, as a count of 2^-64; and what groups are made of.

        `stratum` is its label; `parent`, `prompt` (16 bytes) and what `neardup.finding` keeps
        connect it. What was made of a record stands where that does, by its id.
        """
        parents = parents_of(batch.column("meta")).cast(pa.binary())
        own = batch.column("id").cast(pa.binary())
        keys = pc.coalesce(parents, own)
        prompts = normal_form(pc.coalesce(field_texts(batch, "prompt"), batch.column("text")))
        if self.by == "prompt":
            keys = pc.coalesce(parents, prompts.cast(pa.binary()), own)
        columns = {"position": positions(keys, seed), "parent": parents}
        if self.stratify:
            columns["stratum"] = _label(batch.column("labels"), self.stratify.removeprefix(_LABEL))
        if self.by == "cluster":
            columns["prompt"] = hash_texts(prompts)
            nothing = pa.nulls(len(batch), pa.float64())
            near = finding.facts(parts_of(batch), nothing, Shingling(), self._banding)
            columns |= dict(zip(near.schema.names, near.columns, strict=True))
        return pa.RecordBatch.from_pydict(columns)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`sides`: the split of each id that does not stay in train."""
        self._has_children = len(gathered.table(_A_CHILD)) > 0
        if self._is_alone:
            return {}
        stratum = "any_value(stratum)" if self.stratify else "''"
        records = gathered.table(
            f"SELECT id, any_value(position) AS position, {stratum} AS stratum, "
            "count(*) AS size, bool_or(parent IS NULL) AS read FROM facts GROUP BY id ORDER BY id"
        )
        first = read_first(self._first_of_group(gathered, records), records["read"])
        return {"sides": self._sides(records, first)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Name the split of every record that does not stay in train."""
        found = f"'split' AS action, 'split-by-{self.by}' AS rule"
        if not self._is_alone:
            return f"SELECT id, copy, {found}, sides.split FROM facts JOIN sides USING (id)"
        first, second = self._bounds
        return (
            f"SELECT id, copy, {found}, CASE WHEN position < {first} THEN 'eval' ELSE 'test' END "
            f"AS split FROM facts WHERE position < {second}"
        )

    @property
    def _is_alone(self) -> bool:
        """Whether the position of each record alone says where it goes.

        What was made of a record has its position, but where that is one of its prompt.
        """
        if self.by == "prompt" and self._has_children:
            return False
        return self._is_by_position and self.by != "cluster"

    @property
    def _banding(self) -> Banding:
        return Banding.for_threshold(self.threshold)

    @property
    def _bounds(self) -> tuple[int, int]:
        """The positions below which a group belongs to eval, and to eval or test."""
        shares = Fraction(self.eval), Fraction(self.eval) + Fraction(self.test)
        return ceil(shares[0] * _WHOLE), ceil(shares[1] * _WHOLE)

    def _first_of_group(self, gathered: Gathered, records: pa.Table) -> Numbers:
        """For each record the place of the lowest id of its group."""
        ids = _joined(records["id"])
        families = [edges(gathered.table(FAMILIES))] if self._has_children else []
        if self.by != "cluster":
            _, first, group = np.unique(
                records["position"].to_numpy(), return_index=True, return_inverse=True
            )
            same = np.asarray(first[group], np.int64)
            return lowest(ids, (ids, ids.take(pa.array(same))), *families) if families else same
        way = Way(self.threshold, chaining=True)
        looked = finding.Looked(("all",), Shingling(), self._banding, way, "lowest-id", _COMMON)
        near, twins = finding.find(gathered, looked), gathered.table(TWINS)
        return lowest(ids, edges(near), edges(twins), *families)

    def _sides(self, records: pa.Table, first: Numbers) -> pa.Table:
        places = records["position"].to_numpy()[first]
        if self._is_by_position:
            eval_bound, bound = (np.uint64(min(each, _WHOLE - 1)) for each in self._bounds)
            sides = np.where(places < eval_bound, 0, np.where(places < bound, 1, -1))
        else:
            groups, member = np.unique(first, return_inverse=True)
            named = _joined(records["stratum"].take(pa.array(groups)), pa.string())
            _, strata = np.unique(
                pc.fill_null(named, "").to_numpy(zero_copy_only=False), return_inverse=True
            )
            sizes = np.bincount(member, weights=records["size"].to_numpy()).astype(np.int64)
            given = Groups(records["position"].to_numpy()[groups], groups, sizes, strata)
            sides = allot(given, (self.eval, self.test))[member]
        names = pa.array(_SIDES).take(pa.array(sides, mask=sides < 0))
        return pa.table({"id": records["id"], "split": names}).drop_null()

    def notes(self, gathered: Gathered) -> Sequence[str]:
        """What was asked for and what was reached, where whole groups made a difference."""
        rows = gathered.table("SELECT split, count(*) AS n FROM chosen GROUP BY split").to_pylist()
        got = {row["split"]: row["n"] for row in rows}
        asked = {"eval": self.eval, "test": self.test}
        found = [
            f"{side} has {got.get(side, 0):,} of the {number:,} records asked for: no group fits in"
            for side, number in asked.items()
            if isinstance(number, int) and got.get(side, 0) < number
        ]
        made = gathered.table(
            "SELECT 1 FROM chosen JOIN facts USING (id, copy) WHERE parent IS NOT NULL"
        )
        if len(made):
            found.append(
                f"{len(made):,} synthetic records are set aside, with those that they were made "
                "of: put this step before what makes them"
            )
        return found


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


def _joined(column: pa.ChunkedArray, kind: pa.DataType | None = None) -> pa.Array:
    """A column as one array."""
    return pa.concat_arrays(
        [
            pa.array([], kind or pa.binary()),
            *(chunk.cast(kind or pa.binary()) for chunk in column.chunks),
        ]
    )
