"""What a selection kept, beside what choosing without the score would have kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from curate.mixing.report import LISTED, PRIVATE
from curate.ranking.baselines import Flags, compared, correlation
from curate.ranking.choice import Choice, Ranked, Unscored
from curate.ranking.method import sized
from curate.semantic.similarity import nearest_taken

DECIMALS: Final = 6
"""Of cosines that are told."""

CONFOUNDED: Final = 0.5
"""The rank correlation of score and length from which a build warns: a large one (Cohen 1988,
Statistical Power Analysis for the Behavioral Sciences, section 3.2)."""


MEASURED: Final = 10_000
"""Of so many records at most, evenly spaced by id, it is told how well they are covered."""


def told_of(part: Ranked, choice: Choice, method: str, unscored: Unscored) -> dict[str, Any]:
    """The choice of a slice with its baselines, as JSON."""
    without = int((~part.scored).sum())
    choices = {method: choice.chosen}
    if choice.best is not None:
        choices.setdefault("best", choice.best)
    scores = part.scores if part.ranks else None
    every, told = compared(choices, scores, part.lengths, part.drawn)
    known = part.scored & part.has_vector & part.ranks
    document: dict[str, Any] = {
        "records": len(part.scored),
        "kept": int(choice.taken.sum()) + (without if unscored == "keep" else 0),
        "unscored": without,
        "length_correlation": correlation(part.scores[known], part.lengths[known]),
        "compared": told,
    }
    if "vector" in part.records.column_names:
        document["without_vector"] = int((part.scored & ~part.has_vector).sum())
        document["measured"] = _add_coverage(part, every, told)
    return document


def _add_coverage(
    part: Ranked, every: Mapping[str, Flags], told: Mapping[str, dict[str, float]]
) -> int:
    """Add to each choice how near records are to the nearest one taken; return of how many."""
    rows, given = sized(part)
    sample = np.unique(np.linspace(0, len(rows) - 1, min(MEASURED, len(rows))).astype(np.int64))
    for name, flags in every.items() if len(sample) else ():
        found = nearest_taken(given, sample, np.flatnonzero(flags[rows])).cosines
        told[name]["coverage"] = round(float(found.mean()), DECIMALS)
        told[name]["farthest"] = round(float(found.min()), DECIMALS)
    return len(sample)


class Report(NamedTuple):
    """What is told of the slices: of the largest ones by name, of the others their number."""

    slices: Mapping[str, Mapping[str, Any]]
    unlisted: int


def told_slices(told: Mapping[str, Mapping[str, Any]], per: str | None) -> Report:
    """The largest slices of what `told_of` says of each; those by `meta` are numbered."""
    ordered = sorted(told, key=lambda name: (-told[name]["records"], name))[:LISTED]
    private = (per or "").startswith(PRIVATE)
    named = {str(n) if private else name: told[name] for n, name in enumerate(ordered, 1)}
    return Report(named, len(told) - len(named))


def document(report: Report, by: str | None, method: str) -> dict[str, Any]:
    """The same as JSON, for the version's certificates."""
    told = {"slices": dict(report.slices), "unlisted": report.unlisted}
    return {"kind": "selection", "holds": True, "by": by, "method": method, **told}


def lines(report: Report, per: str | None, tokens: str, unscored: Unscored) -> Iterator[str]:
    """The same in sentences."""
    for name, told in report.slices.items():
        head = f"{per} {name}: " if per else ""
        yield f"{head}{told['kept']:,} of {told['records']:,} records kept"
        for kind, one in told["compared"].items():
            yield head + _of_choice(kind, one, tokens)
        if told.get("measured"):
            of = f"of {told['measured']:,} records with the most similar one taken"
            yield f"{head}coverage is the mean cosine {of}"
        if told["length_correlation"] is not None:
            yield head + _of_length(told["length_correlation"])
        if told["unscored"]:
            verb = "dropped" if unscored == "drop" else "kept"
            yield f"{head}{told['unscored']:,} records without a score are {verb}"
        if told.get("without_vector"):
            yield f"{head}{told['without_vector']:,} records without a vector are dropped"
    if report.unlisted:
        yield f"{report.unlisted:,} smaller slices are not listed"


def _of_choice(kind: str, one: Mapping[str, float], tokens: str) -> str:
    parts = [f"{one['records']:,} records", f"{one['amount']:,.0f} {tokens}"]
    if "score" in one:
        parts.append(f"mean score {one['score']:.4g}")
    parts.append(f"mean length {one['length']:,.0f}")
    parts.append(f"{100 * one['overlap']:.1f} % of the choice")
    if "coverage" in one:
        parts.append(f"coverage {one['coverage']:.4f} (farthest {one['farthest']:.4f})")
    return f"{kind}: {', '.join(parts)}"


def _of_length(found: float) -> str:
    said = f"rank correlation of score and length {found:.2f}"
    if abs(found) < CONFOUNDED:
        return said
    return f"{said}: much of the score is length, so hold it against `length-matched`"
