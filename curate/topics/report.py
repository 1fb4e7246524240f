"""What a build tells of topics, as lines and as JSON."""

from collections.abc import Iterator
from typing import Any, Final

from curate.topics.finding import Topics
from curate.topics.quality import DISSOLVED, RUNS

LISTED: Final = 20
"""Topics that are told line by line; the certificate has all."""


def lines(found: Topics, without: int) -> Iterator[str]:
    """A line on all, and one for each topic, the largest first."""
    records = len(found.assigned)
    left = f", {without:,} without a vector" if without else ""
    others = ", ".join(f"{value:.3f} with {count}" for count, value in found.silhouettes.items())
    by_count = f" (of a sample {others})" if others else ""
    yield (
        f"{len(found.topics):,} topics of {records:,} records{left}; silhouette "
        f"{found.silhouette:.3f}{by_count}; adjusted Rand index with those of {RUNS} random "
        f"halves {found.adjusted_rand:.2f}"
    )
    for number, one in enumerate(found.topics[:LISTED], start=1):
        lost = ", not found again" if one.stability <= DISSOLVED else ""
        yield (
            f"{number} {one.name}: {one.records:,} records, {100 * one.records / records:.1f} %, "
            f"stability {one.stability:.2f}{lost}"
        )
    if len(found.topics) > LISTED:
        rest = found.topics[LISTED:]
        gone = sum(one.stability <= DISSOLVED for one in rest)
        size = sum(one.records for one in rest)
        yield f"{len(rest):,} smaller topics: {size:,} records, {gone:,} of them not found again"


def document(found: Topics, without: int) -> dict[str, Any]:
    """The same; `holds` says whether every topic was found again in random halves."""
    return {
        "kind": "topics",
        "holds": all(one.stability > DISSOLVED for one in found.topics),
        "records": len(found.assigned),
        "without_vector": without,
        "silhouette": round(found.silhouette, 4),
        "silhouettes": {str(n): round(value, 4) for n, value in found.silhouettes.items()},
        "adjusted_rand": round(found.adjusted_rand, 4),
        "topics": [
            one._asdict()
            | {"silhouette": round(one.silhouette, 4), "stability": round(one.stability, 4)}
            for one in found.topics
        ],
    }
