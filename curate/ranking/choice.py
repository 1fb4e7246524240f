"""The records of a slice with what ranks them, and what was chosen of them."""

from typing import Final, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.ranking.baselines import BASELINES, Flags, Numbers, Places

Unscored = Literal["drop", "keep"]

DECIDED: Final = pa.schema(
    [
        ("id", pa.binary()),
        ("copy", pa.int32()),
        ("rule", pa.string()),
        ("value", pa.string()),
        ("limit", pa.string()),
        ("of", pa.binary()),
    ]
)
"""Records that go."""


class Ranked(NamedTuple):
    """The records of a slice, in the order of id and copy."""

    records: pa.Table
    scores: Numbers
    """0 where there is none."""
    scored: Flags
    """Whether it has a score; all have one where nothing ranks."""
    amounts: Numbers
    lengths: Numbers
    order: Places
    """Those that may be chosen, the best first; ties by id and copy."""
    drawn: Places
    """Those that may be chosen in random order."""
    has_vector: Flags
    """Whether it has a vector; all have one where none is wanted."""
    ranks: bool
    """Whether scores rank them."""

    @classmethod
    def of(cls, records: pa.Table, highest: bool, ranks: bool = True) -> Self:
        """`records` have `score`, `amount`, `length`, `position` and perhaps `vector`.

        Those with a score, and a vector where there are some, may be chosen.
        """
        count = len(records)
        scores, scored = np.zeros(count), np.ones(count, np.bool_)
        if ranks:
            column = records["score"].combine_chunks()
            known = pc.fill_null(pc.is_finite(column), False)
            scored = np.asarray(known.to_numpy(zero_copy_only=False), np.bool_)
            filled = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False)
            scores = np.where(scored, filled, 0.0).astype(np.float64)
        vectors = np.ones(count, np.bool_)
        if "vector" in records.column_names:
            vectors = np.asarray(records["vector"].is_valid().to_numpy(), np.bool_)
        rows = np.flatnonzero(scored & vectors)
        order = rows[np.argsort(-scores[rows] if highest else scores[rows], kind="stable")]
        drawn = np.argsort(records["position"].to_numpy(), kind="stable")
        drawn = drawn[(scored & vectors)[drawn]]
        lengths, sizes = records["length"].to_numpy(), records["amount"].to_numpy()
        return cls(records, scores, scored, sizes, lengths, order, drawn, vectors, ranks)

    @property
    def candidates(self) -> Places:
        """Those that may be chosen, in the order of id and copy."""
        return np.sort(self.order)


class Near(NamedTuple):
    """What rows that are not taken are like."""

    rule: str
    places: Places
    """Of each row the most similar one that is taken; -1 where that is no reason."""
    similarities: Numbers
    limit: float | None = None
    """The similarity that is too much; None where no row goes for the sake of another."""


class Choice(NamedTuple):
    """What is taken of a slice."""

    taken: Flags
    chosen: Flags
    """What the method chooses; a baseline takes something else in its place."""
    best: Flags | None
    """What the best ones would have been; None where nothing ranks."""
    near: Near | None = None


def decided(part: Ranked, choice: Choice, method: str, unscored: Unscored) -> pa.Table:
    """The records that go (schema `DECIDED`), each with its reason."""
    count = len(part.amounts)
    rules = np.full(count, "select-not-drawn" if method in BASELINES else "select-below", object)
    values = _shown(part.scores)
    values[~part.scored | (not part.ranks)] = None
    limits: npt.NDArray[np.object_] = np.full(count, _cut(part, choice, method), object)
    of = np.full(count, None, object)
    if choice.near is not None:
        ids = np.array([*part.records["id"].to_pylist(), None], object)[:-1]
        rule, places, similarities, limit = choice.near
        like = places >= 0
        rules[like], limits[like] = rule, None
        values[like] = _shown(np.round(similarities[like], 4))
        if limit is not None:
            limits[like], of[like] = _shown(np.array([limit]))[0], ids[places[like]]
    without = part.scored & ~part.has_vector
    rules[without], limits[without] = "select-no-vector", None
    rules[~part.scored], limits[~part.scored] = "select-no-score", None
    gone = ~choice.taken if unscored == "drop" else ~choice.taken & part.scored
    columns = [
        part.records["id"].cast(pa.binary()),
        part.records["copy"].cast(pa.int32()),
        *(pa.array(each, pa.string()) for each in (rules, values, limits)),
        pa.array(of, pa.binary()),
    ]
    return pa.table(columns, schema=DECIDED).filter(pa.array(gone))


def _cut(part: Ranked, choice: Choice, method: str) -> str | None:
    """The score of the last record that was taken in the order of scores."""
    taken = part.order[choice.taken[part.order]]
    if method in BASELINES or not part.ranks or not len(taken):
        return None
    return str(_shown(part.scores[taken[-1:]])[0])


def _shown(values: Numbers) -> npt.NDArray[np.object_]:
    """Numbers as JSON."""
    return np.array([*(orjson.dumps(value).decode() for value in values.tolist()), None], object)[
        :-1
    ]
