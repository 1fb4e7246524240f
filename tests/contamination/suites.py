"""Records and suites made on the spot."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from curate.contamination.check import Check
from curate.contamination.rule import RULES, Rule
from curate.contamination.verdict import Verdict
from curate.record import WORKING, batch_of
from curate.selection import Reference

TULU = RULES["tulu3"]


def asked(place: int, questions: Sequence[str], answers: Sequence[str] = ()) -> dict[str, Any]:
    """A record of user turns, then of assistant turns."""
    turns = [("user", text) for text in questions] + [("assistant", text) for text in answers]
    return {
        "id": place.to_bytes(16, "big"),
        "copy": 0,
        "messages": [{"role": role, "content": text} for role, text in turns],
        "prompt_turns": len(questions),
    }


def documented(place: int, text: str) -> dict[str, Any]:
    """A record that is a document."""
    return {"id": place.to_bytes(16, "big"), "copy": 0, "text": text}


def suite(*records: dict[str, Any], name: str = "suite.jsonl") -> Reference:
    """A suite of records."""
    batch = batch_of(records, WORKING)

    def load(columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        yield batch.select(list(columns or WORKING.names))

    digest = repr([(name, record) for record in records])
    return Reference(name, digest, load)


def checked(
    records: Sequence[dict[str, Any]],
    *suites: Reference,
    rule: Rule = TULU,
    answers: bool = True,
    batch_size: int = 1_000,
    seed: int = 0,
) -> Verdict:
    """Check records as a build does: batch by batch, then all together."""
    check = Check.of(suites, rule, answers, seed)
    tables = []
    for start in range(0, max(1, len(records)), batch_size):
        batch = batch_of(records[start : start + batch_size], WORKING)
        facts = pa.table(check.facts(batch)).append_column("id", batch.column("id"))
        tables.append(facts)
    table = pa.concat_tables(tables)
    found = pa.compute.or_(table["questions"].is_valid(), table["answers"].is_valid())
    return check.verdict(table.filter(found))


def places(verdict: Verdict) -> list[int]:
    """The contaminated records."""
    return [int.from_bytes(one.id, "big") for one in verdict.worst]
