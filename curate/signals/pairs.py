"""How the two endings of a preference pair compare; null for all other kinds of records."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.signals.registry import record_signal


@record_signal("code points", pa.int64())
def length_gap(batch: pa.RecordBatch) -> pa.Array:
    """By how many characters the chosen ending is longer than the rejected one."""
    return _of_pairs(batch, lambda chosen, rejected: len(chosen) - len(rejected), pa.int64())


@record_signal("share of characters", pa.float64())
def length_balance(batch: pa.RecordBatch) -> pa.Array:
    """Share of the characters of both endings that the chosen one has: 0.5 where equally long."""

    def balance(chosen: str, rejected: str) -> float:
        return len(chosen) / max(1, len(chosen) + len(rejected))

    return _of_pairs(batch, balance, pa.float64())


@record_signal("true or false", pa.bool_())
def pair_identical(batch: pa.RecordBatch) -> pa.Array:
    """Whether both endings are the same but for letter case and white space."""

    def identical(chosen: str, rejected: str) -> bool:
        return chosen.lower().split() == rejected.lower().split()

    return _of_pairs(batch, identical, pa.bool_())


@record_signal("share of words", pa.float64())
def pair_similarity(batch: pa.RecordBatch) -> pa.Array:
    """Share of the words of both endings that they have in common, in whatever order.

    Dice's coefficient of the two multisets of words: 1 where one is the other, shuffled.
    """

    def similarity(chosen: str, rejected: str) -> float:
        one, other = Counter(chosen.split()), Counter(rejected.split())
        return 2 * (one & other).total() / max(1, one.total() + other.total())

    return _of_pairs(batch, similarity, pa.float64())


@record_signal("share of words", pa.float64())
def shared_prefix(batch: pa.RecordBatch) -> pa.Array:
    """Share of the shorter ending's words with which both begin."""

    def prefix(chosen: str, rejected: str) -> float:
        pairs = list(zip(chosen.split(), rejected.split(), strict=False))
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
        return same / max(1, len(pairs))

    return _of_pairs(batch, prefix, pa.float64())


def _of_pairs(
    batch: pa.RecordBatch, of_pair: Callable[[str, str], float], type_: pa.DataType
) -> pa.Array:
    """What a function says of the two endings of each pair."""
    rows = np.flatnonzero(pc.is_valid(batch.column("rejected")).to_numpy(zero_copy_only=False))
    found: list[float | None] = [None] * len(batch)
    if len(rows):
        pairs = batch.take(pa.array(rows))
        texts = (field_texts(pairs, name).to_pylist() for name in ("chosen", "rejected"))
        for row, chosen, rejected in zip(rows.tolist(), *texts, strict=True):
            found[row] = of_pair((chosen or "").strip(), (rejected or "").strip())
    return pa.array(found, type_)
