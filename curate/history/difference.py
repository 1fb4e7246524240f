"""Two versions compared, record by record, with the cause of every change."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.history.causes import CHANGES, Cause, ChangeKind, Explainer
from curate.history.changes import CHANGED, changes_between
from curate.history.measures import AFTER, BEFORE
from curate.history.recipes import (
    InputChange,
    RecipeChange,
    compare_inputs,
    compare_recipes,
    with_rules,
)
from curate.history.shift import Shift, shifts_of
from curate.history.slices import Slices, slices_of
from curate.history.words import ContentChange, compare
from curate.store import Version
from curate.store.catalog import reading, table_of


class FailedRule(NamedTuple):
    """A rule that a record fails: what was measured, and what is allowed, as JSON scalars."""

    rule: str | None
    field: str | None
    value: str | None
    limit: str | None


class Change(NamedTuple):
    """One member that differs."""

    change: ChangeKind
    id: bytes
    copy: int
    matched: bytes | None
    """The id before, where a record of a keyless source is the same by its prompt only."""
    before: bytes | None
    """The hash of the content in the earlier version."""
    after: bytes | None
    split_before: str | None
    split_after: str | None
    source: str
    file: str
    line: int
    failed: tuple[FailedRule, ...]
    """The rules by which the one version dropped it."""
    twin: bytes | None
    """The record that is kept for it, or its parent."""
    key: str
    """Its cause's key."""


class Count(NamedTuple):
    """A number of members on both sides."""

    by: str
    """`records`, `split` or `source`."""
    name: str
    before: int
    after: int


@dataclass(frozen=True)
class Difference:
    """All that differs between two versions."""

    before: Version
    after: Version
    recipe: RecipeChange
    inputs: tuple[InputChange, ...]
    counts: tuple[Count, ...]
    causes: tuple[Cause, ...]
    table: pa.Table
    """The changes (`changes.CHANGED`)."""

    def slices(self) -> Slices:
        """The members by source, split, kind, licence and label; worked out when first asked."""
        return self._slices

    def shifts(self) -> tuple[Shift, ...]:
        """How every measured distribution shifted; worked out when first asked."""
        return self._shifts

    @cached_property
    def _slices(self) -> Slices:
        return slices_of(self.before, self.table)

    @cached_property
    def _shifts(self) -> tuple[Shift, ...]:
        return shifts_of(self.before, self.table, self._slices)

    def number(self, change: ChangeKind) -> int:
        """How many members changed so."""
        return sum(cause.number for cause in self.causes if cause.change == change)

    def changes(self, change: ChangeKind | None = None) -> Iterator[Change]:
        """The changes, or those of one kind, by id."""
        table = self.table
        if change is not None:
            table = table.filter(pc.equal(table.column("change"), change))
        for batch in table.to_batches(max_chunksize=10_000):
            yield from map(_change, batch.to_pylist())

    def examples(self, cause: Cause, limit: int | None) -> list[Change]:
        """The first changes that have a cause."""
        table = self.table.filter(pc.equal(self.table.column("key"), cause.key))
        return [_change(row) for row in table.slice(0, limit).to_pylist()]

    def content_changes(self, changes: list[Change]) -> dict[bytes, ContentChange]:
        """What differs in the content of edited records, by id; erased content is left out."""
        hashes = {side for one in changes for side in (one.before, one.after) if side}
        contents = self.after.payloads(sorted(hashes))
        return {
            one.id: compare(contents[one.before], contents[one.after])
            for one in changes
            if one.before in contents and one.after in contents
        }


def diff(before: Version, after: Version) -> Difference:
    """Compare two versions of one store, or splits of them, also of different datasets."""
    # Either may have been opened before the other was built.
    segments = tuple({file.path: file for file in (*before.segments, *after.segments)}.values())
    before, after = (replace(version, segments=segments) for version in (before, after))
    rules = (version.manifest.get("rules", {}) for version in (before, after))
    recipe = with_rules(compare_recipes(before.recipe, after.recipe), *rules)
    inputs = compare_inputs(before.inputs, after.inputs)
    table = changes_between(before, after) if _may_differ(before, after) else CHANGED.empty_table()
    explainer = Explainer(before, after, recipe, inputs)
    counted = pc.value_counts(table.column("key")).to_pylist()
    table, causes = _merged(
        table, [explainer.cause(pair["values"], pair["counts"]) for pair in counted]
    )
    causes.sort(key=lambda cause: (CHANGES.index(cause.change), -cause.number, cause.key))
    counts = tuple(_counts(before, table))
    return Difference(before, after, recipe, inputs, counts, tuple(causes), table)


def _merged(table: pa.Table, causes: Sequence[Cause]) -> tuple[pa.Table, list[Cause]]:
    """Make one of causes that are told in the same words, and have the changes name it."""
    first: dict[tuple[str, str, str], Cause] = {}
    renamed: dict[str, str] = {}
    for cause in sorted(causes, key=lambda cause: (-cause.number, cause.key)):
        words = (cause.change, cause.what, cause.why)
        met = first.get(words)
        first[words] = cause if met is None else met._replace(number=met.number + cause.number)
        renamed[cause.key] = first[words].key
    if len(first) < len(causes):
        keys = table.column("key").combine_chunks().dictionary_encode()
        names = pa.array([renamed[key] for key in keys.dictionary.to_pylist()], pa.string())
        place = table.schema.get_field_index("key")
        table = table.set_column(place, "key", names.take(keys.indices))
    return table, list(first.values())


def _may_differ(before: Version, after: Version) -> bool:
    return (before.snapshot, before.split) != (after.snapshot, after.split)


def _counts(before: Version, table: pa.Table) -> Iterator[Count]:
    """The members by split and source: those of the earlier version, and what the changes make."""
    with reading(before.folder) as connection:
        rows = table_of(
            connection,
            f"SELECT split, source, count(*) AS n FROM ({before.members_sql()}) GROUP BY ALL",
        )
    old: Counter[tuple[str, str]] = Counter()
    for row in rows.to_pylist():
        _tally(old, row["split"], row["source"], row["n"])
    new = old.copy()
    names = ["change", "split_before", "split_after", "source"]
    for row in table.group_by(names).aggregate([([], "count_all")]).to_pylist():
        if row["change"] in BEFORE:
            _tally(new, row["split_before"], row["source"], -row["count_all"])
        if row["change"] in AFTER:
            _tally(new, row["split_after"], row["source"], row["count_all"])
    yield Count("records", "", old["records", ""], new["records", ""])
    for by, name in sorted((old.keys() | new.keys()) - {("records", "")}, reverse=True):
        yield Count(by, name, old[by, name], new[by, name])


def _tally(tally: Counter[tuple[str, str]], split: str, source: str, number: int) -> None:
    for key in (("records", ""), ("split", split), ("source", source)):
        tally[key] += number


def _change(row: dict[str, Any]) -> Change:
    failed = tuple(FailedRule(**rule) for rule in row.pop("details") or ())
    del row["cause"], row["step"]
    return Change(**row, failed=failed)
