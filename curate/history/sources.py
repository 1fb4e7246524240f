"""Where the numbers of contents are read: sizes, labels that are numbers, and stored signals."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from curate.history.measures import load_texts, measured_signals, signals_sql
from curate.store import Version
from curate.store.catalog import Connection, quoted, row_of

SIZES: Final = (
    *("turns", "prompt_characters", "response_characters"),
    *("rejected_characters", "text_characters"),
)
"""What the segments say of every content (docs/format.md, "Store"); null where it has no such."""


class Source(NamedTuple):
    """Where the values of a number are read: hash (of the content) and `measured`."""

    name: str
    """`FIELD.SIGNAL`, `labels.NAME`, or one of `SIZES`."""
    values: str
    of_changed: str
    """The same of the contents that changes have."""
    fields: str | None = None
    """The contents that could have a value; None where all that can have one do."""


def sources_of(connection: Connection, version: Version, labels: Sequence[str]) -> list[Source]:
    """What can be compared of the members in `weights` (`measures.weighed`).

    `labels` are labels (`labels.NAME`) with many values, which may be numbers.
    """
    connection.execute(
        f"CREATE TEMP TABLE sizes_of AS SELECT hash, labels, {', '.join(SIZES)} "
        f"FROM {version.payloads_sql()} SEMI JOIN weights USING (hash)"
    )
    connection.execute(
        "CREATE TEMP TABLE changed AS "
        "SELECT before AS hash FROM changes UNION SELECT after FROM changes"
    )
    sources = [_of_content(name, name) for name in SIZES]
    sources += _numeric_labels(connection, labels)
    signals = signals_sql(connection, version)
    return sources if signals is None else [*sources, *_stored(connection, version, signals)]


def _of_content(name: str, expression: str) -> Source:
    values = f"SELECT hash, {expression} AS measured FROM sizes_of"
    return Source(name, values, f"{values} SEMI JOIN changed USING (hash)")


def _numeric_labels(connection: Connection, labels: Sequence[str]) -> Iterator[Source]:
    """The labels of which every value is a number."""
    for label in labels:
        name = quoted(label.removeprefix("labels."))
        value = f"(labels::JSON::MAP(VARCHAR, JSON))[{name}]"
        number = f"CASE WHEN json_type({value}) <> 'NULL' THEN try_cast({value} AS DOUBLE) END"
        words = f"json_type({value}) NOT IN ('UBIGINT', 'BIGINT', 'DOUBLE', 'NULL')"
        if label.startswith("labels.") and not row_of(
            connection, f"SELECT 1 FROM sizes_of WHERE {words} LIMIT 1"
        ):
            yield _of_content(label, number)


def _stored(connection: Connection, version: Version, signals: str) -> Iterator[Source]:
    load_texts(connection, version)
    connection.execute(
        "CREATE TEMP TABLE texts_changed AS SELECT * FROM texts_of SEMI JOIN changed USING (hash)"
    )
    for one in measured_signals(connection, signals):
        if not one.is_label:
            values, of_changed = (
                one.values_sql(signals, texts) for texts in ("texts_of", "texts_changed")
            )
            fields = f"SELECT hash FROM texts_of WHERE field = {quoted(one.field)}"
            yield Source(one.name, values, of_changed, fields)
