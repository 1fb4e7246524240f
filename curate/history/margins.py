"""Preference pairs by two margins: how much better the chosen answer is, and what a policy knows.

The external margin is an expression over what others say of both answers, such as a reward model's
scores; the implicit one is that of DPO's own reward (step `dpo_margin`). Small external margins are
likely noise (Deng et al. 2025, arXiv 2502.14560), large implicit ones are learned already (Qi et
al. 2025, arXiv 2508.04149).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import RefusedError, UsageError
from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.history.trial import stored_scores
from curate.mixing.choosing import positions
from curate.ranking.expression import Ranking
from curate.recipe.scores import stored_scores_for
from curate.scores import Score, with_columns
from curate.store import Version
from curate.store.catalog import Connection, reading
from curate.store.signals import stored_values

Numbers = npt.NDArray[np.float64]

FIELD = "chosen"
"""What a name without `chosen_` or `rejected_` is of, where it is not of the whole pair."""

_DRAWN_BY = 0


class Margins(NamedTuple):
    """The pairs of a version, sorted by id and copy; a margin is NaN where it is not known."""

    keys: pa.Table
    """`id`, `copy` and `hash`."""
    external: Numbers
    implicit: Numbers
    gap: Numbers
    """Characters of the chosen answer less those of the rejected one."""
    drawn: npt.NDArray[np.uint64]
    """A random number of each id, always the same."""


def margins(version: Version, external: str, implicit: str, models: Sequence[str] = ()) -> Margins:
    """Work out both margins of every pair of a version or split.

    Scores are those that the store knows; of a score that it knows of several models, `models`
    tell which, by the beginnings of fingerprints. Raises UsageError for a wrong expression and for
    a score that is not known, RefusedError where no record is a pair.
    """
    rankings = {"--external": Ranking(external, FIELD), "--implicit": Ranking(implicit, FIELD)}
    stored = _of_models(stored_scores(version), models)
    scores = {one.wanted: one for name in rankings for one in _needed(name, rankings[name], stored)}
    with reading(version.folder) as connection:
        parts = [
            _measured(connection, version, batch, list(rankings.values()), scores.values())
            for batch in _pairs(version)
        ]
    if not parts:
        found = "it has no preference pairs"
        raise RefusedError(version.ref, found, "Margins are of records with a rejected answer.")
    whole = pa.concat_tables(parts).combine_chunks()
    return Margins(
        whole.select(["id", "copy", "hash"]),
        _numbers(whole["external"]),
        _numbers(whole["implicit"]),
        _numbers(whole["gap"]),
        whole["drawn"].to_numpy(),
    )


def names_a_side(expression: str) -> bool:
    """Whether an expression names what is of one of both answers."""
    named = Ranking(expression, FIELD).names()
    return any(name != one.signal for name, one in named.items())


def _needed(option: str, ranking: Ranking, stored: Sequence[Score]) -> list[Score]:
    def refuse(step: str, found: str, right: str) -> None:
        end = "" if right.endswith("?") else "."
        raise UsageError(step, found, f"{right[:1].upper()}{right[1:]}{end}")

    try:
        ranking.check()
    except ValueError as error:
        raise UsageError(option, str(error), "Give an expression such as `dpo_margin`.") from error
    wanted = ranking.wants()
    for name in {one.name for one in wanted}:
        known = sorted({one.fingerprint[:8] for one in stored if one.name == name})
        if len(known) > 1:
            found = f"{name!r} is known of several models"
            raise UsageError(option, found, f"Choose one: --model {' or --model '.join(known)}.")
    return stored_scores_for(wanted, stored, option, refuse)


def _of_models(stored: Sequence[Score], models: Sequence[str]) -> list[Score]:
    """The scores, without those of other models where one of the name is of a model."""
    chosen = [one for one in stored if one.fingerprint.startswith(tuple(models))]
    for model in models:
        if not any(one.fingerprint.startswith(model) for one in stored):
            known = ", ".join(sorted({one.fingerprint[:8] for one in stored})) or "none"
            found = f"no score is of {model!r}"
            raise UsageError("--model", found, f"Those that are known: {known}.")
    named = {one.name for one in chosen}
    return [*chosen, *(one for one in stored if one.name not in named)]


def _pairs(version: Version) -> Iterable[pa.RecordBatch]:
    for batch in version.batches():
        pairs = batch.filter(pc.is_valid(batch.column("rejected")))
        if len(pairs):
            yield pairs


def _measured(
    connection: Connection,
    version: Version,
    batch: pa.RecordBatch,
    rankings: Sequence[Ranking],
    scores: Iterable[Score],
) -> pa.Table:
    found = []
    for one in scores:
        hashes = hash_texts(field_texts(batch, one.field))
        found.append((one.wanted, stored_values(connection, version.folder, one, hashes)))
    known = with_columns(batch, found)
    sides = [pc.utf8_length(field_texts(batch, name)) for name in ("chosen", "rejected")]
    gap = pc.subtract(*(pc.fill_null(side, 0).cast(pa.int64()) for side in sides))
    external, implicit = (one.values(known) for one in rankings)
    columns = {
        **{name: batch.column(name) for name in ("id", "copy", "hash")},
        **{"external": external, "implicit": implicit, "gap": gap.cast(pa.float64())},
        "drawn": pa.array(positions(batch.column("id"), _DRAWN_BY)),
    }
    return pa.table(columns)


def _numbers(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(pc.fill_null(column, float("nan")).to_numpy(), np.float64)
