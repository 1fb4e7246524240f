"""What a check found, as a JSON document and as lines for a person."""

from collections.abc import Sequence
from typing import Any, Final

from curate.contamination.check import Check
from curate.contamination.rule import Rule
from curate.contamination.verdict import Hit, Verdict

MOST_INSTANCES: Final = 0.02
"""The share of a suite's instances above which a training set is contaminated (Tulu 3, Lambert et
al. 2024, section 3.2)."""


def document(check: Check, found: Verdict) -> dict[str, Any]:
    """What was compared, how, and what was found (docs/format.md, "Contamination")."""
    suites = [
        {**suite, "reached": reached}
        for suite, reached in zip(check.compared(), found.reached, strict=True)
    ]
    names = [suite.name for suite in check.suites]
    return {
        "rule": _rule(check.rule),
        "suites": suites,
        "contaminated": len(found.worst),
        "hits": found.number_of_hits,
        "near_misses": found.number_near,
        "exempted": [one._asdict() for one in found.exempted],
        "hits_listed": [_hit(one, names) for one in found.hits],
        "near_misses_listed": [_hit(one, names) for one in found.near],
    }


def notes(check: Check, found: Verdict) -> list[str]:
    """What a user should know, a line each."""
    lines = []
    for suite, reached in zip(check.compared(), found.reached, strict=True):
        name, instances = suite["name"], suite["instances"]
        if not suite["questions"]:
            lines.append(f"{name} has no question that could be compared")
        if suite.get("short_answers"):
            lines.append(
                f"{name}: {suite['short_answers']:,} answers of fewer than {check.rule.n} "
                f"{check.rule.unit}s are not compared"
            )
        if reached > MOST_INSTANCES * instances:
            lines.append(
                f"{name}: {reached:,} of {instances:,} instances were found, more than the 2 % "
                "from which on Tulu 3 calls a training set contaminated"
            )
    for one in found.exempted:
        if one.records:
            lines.append(
                f"{one.records:,} records have only stock phrases of {one.kind}s (sequences that "
                "more than 10 records have), which do not count"
            )
    return lines


def _rule(rule: Rule) -> dict[str, Any]:
    told = rule._asdict()
    return {**told, "source": " ".join(rule.source.split())}


def _hit(hit: Hit, names: Sequence[str]) -> dict[str, Any]:
    return {
        "id": hit.id.hex(),
        "kind": hit.kind,
        "suite": names[hit.suite],
        "instance": hit.instance.hex(),
        "share": hit.share,
        "spans": [span._asdict() for span in hit.spans],
    }
