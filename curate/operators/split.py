"""Setting parts of a dataset aside for evaluation and test."""

from fractions import Fraction
from math import ceil
from typing import ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from curate.fields import field_texts
from curate.hashing import digest
from curate.selection import SelectionOperator
from curate.signals.normal_form import normal_form

_WHOLE = 2**64


class Split(SelectionOperator):
    """Give each record a split by hash, so that a growing dataset keeps every record where it is.

    A record's position in [0, 1) is a hash of the seed and of its id, or of its prompt: below
    `eval` it belongs to eval, below `eval` + `test` to test, else to train.
    """

    name: ClassVar[str] = "split"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)

    eval: float = Field(default=0.05, ge=0, lt=1)
    """The share of records for evaluation."""
    test: float = Field(default=0.0, ge=0, lt=1)
    """The share of records for the final test."""
    by: Literal["id", "prompt"] = "id"
    """What stays together: `id` splits record by record; `prompt` puts records of equal prompt
    (case, compatibility forms and white space do not count) into one split. A document's prompt is
    its text; a record with neither is split by its id."""

    @model_validator(mode="after")
    def _something_is_left(self) -> Self:
        if self.eval + self.test >= 1:
            found = f"eval {self.eval} and test {self.test} leave nothing for train"
            raise ValueError(f"{found}; their sum must be below 1")
        if self.eval + self.test == 0:
            raise ValueError("eval and test are both 0; give at least one of them a share")
        return self

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`position`: where each record stands, as a count of 2^-64."""
        keys = batch.column("id").cast(pa.binary())
        if self.by == "prompt":
            prompts = pc.coalesce(field_texts(batch, "prompt"), batch.column("text"))
            keys = pc.coalesce(normal_form(prompts).cast(pa.binary()), keys)
        start = str(seed).encode()
        digests = (digest(b"curate.split.1", start, key) for key in keys.to_pylist())
        positions = np.frombuffer(b"".join(part[:8] for part in digests), "<u8")
        return pa.RecordBatch.from_arrays([pa.array(positions, pa.uint64())], ["position"])

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Name the split of every record that does not stay in train."""
        first = ceil(Fraction(self.eval) * _WHOLE)
        second = ceil((Fraction(self.eval) + Fraction(self.test)) * _WHOLE)
        return f"""
            SELECT id, copy, 'split' AS action, 'split-by-{self.by}' AS rule,
                CASE WHEN position < {first} THEN 'eval' ELSE 'test' END AS split
            FROM facts WHERE position < {second}
        """
