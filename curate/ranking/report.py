"""What a selection kept, beside what choosing without the score would have kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from curate.mixing.report import LISTED, PRIVATE
from curate.ranking.baselines import compared, correlation
from curate.ranking.choice import Choice, Ranked, Unscored

CONFOUNDED: Final = 0.5
"""The rank correlation of score and length from which a build warns: a large one (Cohen 1988,
Statistical Power Analysis for the Behavioral Sciences, section 3.2)."""


def told_of(part: Ranked, choice: Choice, unscored: Unscored) -> dict[str, Any]:
    """The choice of a slice with its baselines, as JSON."""
    without = int((~part.scored).sum())
    return {
        "records": len(part.scored),
        "kept": int(choice.taken.sum()) + (without if unscored == "keep" else 0),
        "unscored": without,
        "length_correlation": correlation(part.scores[part.scored], part.lengths[part.scored]),
        "compared": compared(choice.best, part.scores, part.lengths, part.drawn),
    }


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


def document(report: Report, by: str) -> dict[str, Any]:
    """The same as JSON, for the version's certificates."""
    told = {"slices": dict(report.slices), "unlisted": report.unlisted}
    return {"kind": "selection", "holds": True, "by": by, **told}


def lines(report: Report, per: str | None, tokens: str, unscored: Unscored) -> Iterator[str]:
    """The same in sentences."""
    for name, told in report.slices.items():
        head = f"{per} {name}: " if per else ""
        yield f"{head}{told['kept']:,} of {told['records']:,} records kept"
        for kind, one in told["compared"].items():
            yield (
                f"{head}{kind}: {one['records']:,} records, {one['amount']:,.0f} {tokens}, "
                f"mean score {one['score']:.4g}, mean length {one['length']:,.0f}, "
                f"{100 * one['overlap']:.1f} % of the best"
            )
        if told["length_correlation"] is not None:
            yield head + _of_length(told["length_correlation"])
        if told["unscored"]:
            verb = "dropped" if unscored == "drop" else "kept"
            yield f"{head}{told['unscored']:,} records without a score are {verb}"
    if report.unlisted:
        yield f"{report.unlisted:,} smaller slices are not listed"


def _of_length(found: float) -> str:
    said = f"rank correlation of score and length {found:.2f}"
    if abs(found) < CONFOUNDED:
        return said
    return f"{said}: much of the score is length, so hold it against `length-matched`"
