"""What a reworded record must fulfil: gates, each with what it measured and what is allowed."""

from collections.abc import Iterator
from typing import NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import TURN_SEPARATOR, leaves
from curate.signals.language import sure_languages

DECIMALS = 4


class Pairs(NamedTuple):
    """Candidates, and the records that they are rewordings of, row for row."""

    parents: pa.RecordBatch
    children: pa.RecordBatch
    before: pa.StringArray
    """Of each parent the texts that are reworded, joined by a blank line."""
    after: pa.StringArray
    """The same texts of each candidate."""


class Failed(NamedTuple):
    """A candidate that does not pass a gate (`decision.FAILURE`)."""

    row: int
    rule: str
    field: str | None
    value: str | None
    limit: str | None


def pairs_of(parents: pa.RecordBatch, children: pa.RecordBatch, fields: tuple[str, ...]) -> Pairs:
    """Candidates beside their parents; `fields` are what is reworded."""
    before, after = (_joined(batch, fields) for batch in (parents, children))
    return Pairs(parents, children, before, after)


def length_failures(pairs: Pairs, bounds: tuple[float, float]) -> Iterator[Failed]:
    """Those that are too short or too long: characters of the candidate by those of its parent."""
    lengths = [pc.utf8_length(texts).to_pylist() for texts in (pairs.before, pairs.after)]
    for row, (before, after) in enumerate(zip(*lengths, strict=True)):
        ratio = round(after / before, DECIMALS) if before else None
        if ratio is None or not bounds[0] <= ratio <= bounds[1]:
            yield Failed(row, "length_ratio", None, as_json(ratio), as_json(bounds))


def language_failures(pairs: Pairs) -> Iterator[Failed]:
    """Those in another language than their parent, both of them surely (`signals.language`)."""
    told = [sure_languages(texts).to_pylist() for texts in (pairs.before, pairs.after)]
    for row, (before, after) in enumerate(zip(*told, strict=True)):
        if before is not None and after is not None and before != after:
            yield Failed(row, "language", None, as_json(after), as_json(before))


def as_json(value: object) -> str | None:
    """A value as the ledger has it."""
    return None if value is None else orjson.dumps(value).decode()


def _joined(batch: pa.RecordBatch, fields: tuple[str, ...]) -> pa.StringArray:
    texts: list[list[str]] = [[] for _ in range(len(batch))]
    for leaf in leaves(batch, fields):
        for place, text in enumerate(leaf.texts.to_pylist()):
            if text is not None:
                texts[int(leaf.rows[place])].append(text)
    return pa.array([TURN_SEPARATOR.join(own) for own in texts], pa.string())
