"""Members by slice: what share of two versions each source, split, kind, licence and label has."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa

from curate.fields import FIELDS
from curate.history.measures import Measured, load_texts, measured_signals, signals_sql, weighed
from curate.store import Version
from curate.store.catalog import Connection, quoted, row_of, table_of

LISTED: Final = 50
"""A label with more values than this is counted, not listed: it tells records apart, not slices."""

TOKENS: Final = "tokens"
"""The signal whose values are summed up."""

CHARACTERS: Final = (
    "coalesce(prompt_characters, 0) + coalesce(response_characters, 0) "
    "+ coalesce(rejected_characters, 0) + coalesce(text_characters, 0)"
)


class Size(NamedTuple):
    """How much a slice of a version holds."""

    records: int
    characters: int
    tokens: int
    """Of the records that tokens are known of."""


class Slice(NamedTuple):
    """The members that have something in common, in two versions."""

    by: str
    """`source`, `split`, `kind`, `license`, `labels.NAME` or `FIELD.SIGNAL`; empty for all."""
    name: str
    """The value; empty for all."""
    before: Size
    after: Size

    @property
    def differs(self) -> bool:
        """Whether anything of it changed."""
        return self.before != self.after


class Unlisted(NamedTuple):
    """What has too many values to be a way of slicing."""

    by: str
    values: int


class Tokens(NamedTuple):
    """By what tokens were counted, and of how many members of each version they are known."""

    fields: tuple[str, ...]
    fingerprint: str
    before: int
    after: int


class Slices(NamedTuple):
    """Two versions, sliced."""

    whole: Slice
    slices: tuple[Slice, ...]
    """By `by`; of each, the largest first."""
    unlisted: tuple[Unlisted, ...]
    tokens: Tokens | None
    """None where the signal `tokens` is stored of no member."""

    def find(self, by: str, name: str) -> Slice | None:
        """The slice of a value, if a member has it."""
        return next((one for one in self.slices if (one.by, one.name) == (by, name)), None)


def slices_of(before: Version, changes: pa.Table) -> Slices:
    """Slice a version and what it became, given the changes between them."""
    with weighed(before, changes) as connection:
        signals = signals_sql(connection, before)
        known = _useful_signals(connection, before, signals) if signals else []
        tokens = _load_tokens(connection, known, signals)
        _load_sizes(connection, before)
        (total,) = table_of(
            connection, f"SELECT '' AS by, '' AS name, {_SUMS} FROM cube"
        ).to_pylist()
        parts = [
            f"SELECT '{by}' AS by, {name} AS name, {_SUMS} FROM cube GROUP BY ALL"
            for by, name in BY_COLUMN.items()
        ]
        parts += [_LABELS]
        parts += [
            f"SELECT {quoted(one.name)}, v.measured, {_SUMS} FROM sized "
            f"JOIN ({one.values_sql(str(signals))}) v USING (hash) "
            "WHERE v.measured IS NOT NULL GROUP BY ALL"
            for one in known
            if one.is_label
        ]
        rows = table_of(connection, " UNION ALL ".join(f"({part})" for part in parts)).to_pylist()
    groups: dict[str, list[Slice]] = {}
    for row in sorted(rows, key=_place):
        groups.setdefault(row["by"], []).append(_slice(row))
    unlisted = {by for by, each in groups.items() if by not in BY_COLUMN and len(each) > LISTED}
    return Slices(
        _slice(total),
        tuple(one for by, each in groups.items() if by not in unlisted for one in each),
        tuple(Unlisted(by, len(groups[by])) for by in sorted(unlisted)),
        tokens,
    )


BY_COLUMN: Final = {
    "source": "source",
    "split": "split",
    "kind": "coalesce(kind, 'erased')",
    "license": "coalesce(license, 'none')",
}
"""The ways of slicing that every version has, and the SQL of their values."""


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Ways of slicing that every version has come first; in each, the largest slice."""
    known = list(BY_COLUMN)
    by = row["by"]
    place = known.index(by) if by in known else len(known)
    most = max(row["before_records"], row["after_records"])
    return place, not by.startswith("labels."), by, -most, row["name"]


_FIGURES: Final = tuple(f"{side}_{what}" for side in ("before", "after") for what in Size._fields)
_SUMS: Final = ", ".join(f"coalesce(sum({name}), 0)::BIGINT AS {name}" for name in _FIGURES)
_LABELS: Final = f"""
    SELECT 'labels.' || one.key AS by, coalesce(one.value ->> '$', 'null') AS name, {_SUMS}
    FROM (SELECT *, unnest(map_entries(labels::JSON::MAP(VARCHAR, JSON))) AS one FROM cube)
    GROUP BY ALL"""


def _slice(row: dict[str, Any]) -> Slice:
    sides = (
        Size(*(row[f"{side}_{what}"] for what in Size._fields)) for side in ("before", "after")
    )
    return Slice(row["by"], row["name"], *sides)


def _useful_signals(connection: Connection, version: Version, signals: str) -> list[Measured]:
    """The tokens, and the signals that are labels; texts are looked up only where there are any."""
    where = f"signal = {quoted(TOKENS)} OR label IS NOT NULL"
    if row_of(connection, f"SELECT 1 FROM {signals} WHERE {where} LIMIT 1") is None:
        return []
    load_texts(connection, version)
    return measured_signals(connection, f"(SELECT * FROM {signals} WHERE {where})")


def _load_tokens(
    connection: Connection, known: Sequence[Measured], signals: str | None
) -> Tokens | None:
    """The table `tokens_of`: hash of the content, and the tokens of its fields together."""
    counted = [one for one in known if one.signal == TOKENS and one.field in FIELDS[:-1]]
    fields = {one.field for one in counted}
    # `chosen` is another name of `response`.
    counted = [one for one in counted if one.field != "chosen" or "response" not in fields]
    parts = [one.values_sql(str(signals)) for one in counted]
    parts = parts or ["SELECT NULL::BLOB AS hash, 0.0 AS measured WHERE false"]
    connection.execute(
        "CREATE TEMP TABLE tokens_of AS SELECT hash, sum(measured)::BIGINT AS tokens, "
        f"count(*) AS fields FROM ({' UNION ALL '.join(parts)}) "
        "WHERE measured IS NOT NULL GROUP BY hash"
    )
    if not counted:
        return None
    # Of a record all of these fields must be known that it has.
    listed = ", ".join(quoted(one.field) for one in counted)
    connection.execute(
        f"DELETE FROM tokens_of t WHERE fields < (SELECT count(*) FROM texts_of o "
        f"WHERE o.hash = t.hash AND field IN ({listed}))"
    )
    members = row_of(
        connection,
        "SELECT coalesce(sum(before), 0)::BIGINT, coalesce(sum(after), 0)::BIGINT "
        "FROM weights SEMI JOIN tokens_of USING (hash)",
    )
    return Tokens(tuple(one.field for one in counted), counted[0].fingerprint, *(members or (0, 0)))


def _load_sizes(connection: Connection, version: Version) -> None:
    """The table `sized`, `weights` with what is sliced by, and `cube`, its sums."""
    figures = ", ".join(
        f"w.{side}{of} AS {side}_{what}"
        for side in ("before", "after")
        for what, of in zip(
            Size._fields, ("", f" * ({CHARACTERS})", " * coalesce(tokens, 0)"), strict=True
        )
    )
    connection.execute(f"""
        CREATE TEMP TABLE sized AS
        SELECT w.hash, w.source, w.split, p.kind, p.license, p.labels, {figures}
        FROM weights w LEFT JOIN {version.payloads_sql()} p ON p.hash = w.hash
        LEFT JOIN tokens_of t ON t.hash = w.hash""")
    connection.execute(
        f"CREATE TEMP TABLE cube AS SELECT source, split, kind, license, labels, {_SUMS} "
        "FROM sized GROUP BY ALL"
    )
