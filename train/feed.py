"""From a version's records to what the trainers read, with an account of every record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from curate.errors import AccountingError
from curate.models.rendering import Renderer
from curate.models.tokens import Tokenized, tokenize
from curate.progress import Progress
from curate.store.tombstones import erased_members
from curate.store.version import Version

CHUNK = 1000
"""Records that are tokenised at once."""


@dataclass
class Account:
    """What became of the records of a split on their way to the model."""

    read: int = 0
    fed: int = 0
    excluded: dict[str, str] = field(default_factory=dict)
    """Record (id and copy) -> why it was not fed."""
    notes: Counter[str] = field(default_factory=Counter)
    """Counts by the keys of `models.tokens.NOTES` and `preference.NOTES`."""
    tokens: int = 0
    trained_tokens: int = 0

    def as_json(self) -> dict[str, Any]:
        """What `curate.json` says of the records."""
        return {
            "read": self.read,
            "fed": self.fed,
            "tokens": self.tokens,
            "trained_tokens": self.trained_tokens,
            "notes": dict(sorted(self.notes.items())),
            "excluded": dict(sorted(self.excluded.items())),
        }


@dataclass(frozen=True)
class Feed:
    """A dataset for a trainer (a `datasets.Dataset` with a column `record`) and its account."""

    dataset: Any
    account: Account


class Feeder(Protocol):
    """What makes a feed of a version: one for each method."""

    def __call__(
        self, version: Version, renderer: Renderer, max_length: int, progress: Progress
    ) -> Feed:
        """Prepare all records of a version."""


def chunks(version: Version, progress: Progress, stage: str) -> Iterator[list[dict[str, Any]]]:
    """All records of a version as rows, by the chunk; tells progress and counts what it reads."""
    erased = erased_members(version)
    expected, read = version.count() - erased, 0
    if erased:
        progress.note(f"{version.ref}: {erased:,} records left out: their contents were erased")
    progress.stage(stage, expected)
    for batch in version.kept_batches(CHUNK):
        yield batch.to_pylist()
        read += len(batch)
        progress.advance(len(batch))
    if read != expected:
        raise AccountingError(
            version.ref, f"{read} records read of {expected}", "Run `curate verify` on the store."
        )


def feed_sft(version: Version, renderer: Renderer, max_length: int, progress: Progress) -> Feed:
    """Tokens and labels of the records, in the order of (id, copy).

    The dataset has the columns `record`, `input_ids` and `labels`.
    """
    account, tables = Account(), [_table([])]
    for rows in chunks(version, progress, "tokenising"):
        results = tokenize(rows, renderer, max_length)
        kept = [result for result in results if result.excluded is None]
        account.read += len(results)
        account.fed += len(kept)
        account.excluded |= {r.record: r.excluded for r in results if r.excluded is not None}
        account.tokens += sum(len(result.input_ids) for result in kept)
        account.trained_tokens += sum(result.trained for result in kept)
        for result in results:
            account.notes.update(result.notes)
        tables.append(_table(kept))
    return Feed(dataset_of(pa.concat_tables(tables)), account)


def _table(results: Sequence[Tokenized]) -> pa.Table:
    numbers = pa.list_(pa.int32())
    return pa.table(
        {
            "record": pa.array([result.record for result in results], pa.string()),
            "input_ids": pa.array([result.input_ids for result in results], numbers),
            "labels": pa.array([result.labels for result in results], numbers),
        }
    )


def dataset_of(table: pa.Table) -> Any:
    """An Arrow table as a `datasets.Dataset`, without a copy."""
    from datasets import Dataset
    from datasets.table import InMemoryTable

    return Dataset(InMemoryTable(table))
