"""What an expansion would make of some records, without a build."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from curate.errors import UsageError
from curate.expansion import UNCHANGED, ExpansionOperator
from curate.history.words import ContentChange, compare
from curate.record import WORKING
from curate.store import Version

_AT_ONCE = 100
_SET_ASIDE = ("eval", "test")


class Candidate(NamedTuple):
    """What one maker made of a record."""

    maker: str
    ordinal: int
    failures: tuple[Mapping[str, Any], ...]
    """What is wrong with it (`decision.FAILURE`, without the row)."""
    change: ContentChange


class Previewed(NamedTuple):
    """A record, and what would be made of it."""

    id: bytes
    source: str
    file: str
    line: int
    candidates: tuple[Candidate, ...]


def preview(
    version: Version, operator: ExpansionOperator, number: int, seed: int
) -> list[Previewed]:
    """What would be made of the first records of a version of which anything is made.

    It is what a build makes of them, but that nobody looks for what other records say.
    Raises UsageError where the operator needs scores, which a build has.
    """
    if operator.wants():
        found = f"it needs the score {operator.wants()[0].name!r}"
        raise UsageError("--preview", found, "Build it: curate build --dry-run tells what comes.")
    told: list[Previewed] = []
    seen: set[bytes] = set()
    for batch in version.batches(batch_size=_AT_ONCE):
        rows = [
            place
            for place, (id_, split) in enumerate(
                zip(batch["id"].to_pylist(), batch["split"].to_pylist(), strict=True)
            )
            if split not in _SET_ASIDE and id_ not in seen
        ]
        seen.update(batch["id"][row].as_py() for row in rows)
        some = batch.take(pa.array(rows, pa.int64()))
        told += _previewed(operator, some.select(WORKING.names), seed)
        if len(told) >= number:
            break
    return told[:number]


def _previewed(
    operator: ExpansionOperator, batch: pa.RecordBatch, seed: int
) -> Iterator[Previewed]:
    made = operator.expand(batch, seed)
    failures: dict[int, list[Mapping[str, Any]]] = {}
    for failure in made.failures.to_pylist():
        failures.setdefault(failure.pop("row"), []).append(failure)
    records, contents = batch.to_pylist(), made.contents.to_pylist()
    own: dict[int, list[Candidate]] = {}
    candidates = zip(made.parents, made.makers, made.ordinals, contents, strict=True)
    for place, (row, maker, ordinal, content) in enumerate(candidates):
        change = compare(records[row], content)
        same = all(text.state == "equal" for text in change.texts)
        failed = ({"rule": UNCHANGED},) if same else tuple(failures.get(place, ()))
        own.setdefault(row, []).append(Candidate(maker, ordinal, failed, change))
    for row in sorted(own):
        record = records[row]
        origin = (record["source"], record["file"], record["line"])
        yield Previewed(record["id"], *origin, tuple(own[row]))
