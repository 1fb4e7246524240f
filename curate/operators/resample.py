"""Balancing slices by imbalanced-learn's samplers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from curate.mixing.slicing import NONE
from curate.resampling.samplers import RANDOM, Sampler, UnfitError
from curate.resampling.step import SamplerStep, told
from curate.selection import TRAINED, Gathered

NO_TIMES: Final = pa.table(
    {"id": pa.array([], pa.binary()), "copy": pa.array([], pa.int32())}
    | {"slice": pa.array([], pa.string()), "times": pa.array([], pa.int64())}
)
"""What `find` says of no record."""


class Resample(SamplerStep):
    """Let a sampler of imbalanced-learn choose which records of each slice stay, or are repeated.

    Records without a slice, and those of eval and test, stay. A sample is drawn anew when data
    grows; that of `balance` stays.
    """

    name: ClassVar[str] = "resample"
    version: ClassVar[int] = 1

    sampler: Sampler
    """A class of imbalanced-learn that chooses among records; ClusterCentroids keeps those next to
    its centroids. For SMOTE and its kin, see `oversample`."""

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`times`: how often each record that does not simply stay shall stand."""
        seen = self._seen(
            gathered.table(
                f"SELECT * FROM facts WHERE {TRAINED} AND slice <> '{NONE}' ORDER BY id, copy"
            )
        )
        if not len(seen) and not len(gathered.table("SELECT 1 FROM facts LIMIT 1")):
            return {"times": NO_TIMES}
        try:
            features = self._features(gathered, seen)
            times = self._sampling.times(features, seen["slice"].to_pylist(), seed)
        except UnfitError as error:
            raise self._refused(seen["slice"], error) from error
        self._slices = told(seen["slice"], times)
        own = seen.select(["id", "copy", "slice"]).append_column("times", pa.array(times))
        return {"times": own.filter(pa.array(times != 1))}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what the sampler left out, and copy what it repeats."""
        return f"""
            SELECT id, copy, CASE WHEN times = 0 THEN 'drop' ELSE 'copy' END AS action,
                'resample-' || CASE WHEN times = 0 THEN 'surplus' ELSE 'repeat' END AS rule,
                CASE WHEN times = 0 THEN to_json(slice)::VARCHAR END AS value,
                CASE WHEN times = 0 THEN to_json('{self.sampler}')::VARCHAR END AS "limit",
                CASE WHEN times > 1 THEN times::INTEGER END AS copies
            FROM times
        """

    def _features(self, gathered: Gathered, records: pa.Table) -> Any:
        if self.sampler in RANDOM and len(records):
            return np.zeros((len(records), 1))
        return super()._features(gathered, records)

    @property
    def _looks_at_vectors(self) -> bool:
        return self.space == "embedding" and self.sampler not in RANDOM
