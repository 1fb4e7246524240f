"""Figures of a version's members, from SQL over their payloads."""

from typing import Any, Final, NamedTuple

from curate.record import Kind
from curate.store import Version
from curate.store.catalog import Connection, reading, table_of

LABEL_VALUES: Final = 5
"""How many values of a label are named."""


class Spread(NamedTuple):
    """How a number is spread over the records that have it."""

    what: str
    records: int
    smallest: float
    median: float
    mean: float
    largest: float


class LabelValue(NamedTuple):
    """A frequent value of a label."""

    label: str
    value: str
    records: int
    values: int
    """How many values the label has."""


class Statistics(NamedTuple):
    """The figures of a version."""

    kinds: dict[Kind, int]
    spreads: tuple[Spread, ...]
    labels: tuple[LabelValue, ...]


_MEASURES: Final = {
    "turns": "len(messages)",
    "prompt characters": "characters(messages[1:prompt_turns])",
    "prompt words": "words(messages[1:prompt_turns])",
    "response characters": "characters(messages[prompt_turns + 1:])",
    "response words": "words(messages[prompt_turns + 1:])",
    "rejected characters": "characters(rejected)",
    "rejected words": "words(rejected)",
    "text characters": "length(text)",
    "text words": "text_words(text)",
}
"""What is measured of each record; null where it has none. Words are what white space parts."""

_MACROS: Final = r"""
    CREATE TEMP MACRO text_words(words_of) AS
        CASE WHEN words_of IS NOT NULL THEN len(regexp_extract_all(words_of, '\S+')) END;
    CREATE TEMP MACRO said(turns) AS
        CASE WHEN len(turns) > 0
        THEN list_transform(turns, lambda turn: coalesce(turn.content, '')) END;
    CREATE TEMP MACRO characters(turns) AS
        list_sum(list_transform(said(turns), lambda one: length(one)));
    CREATE TEMP MACRO words(turns) AS
        list_sum(list_transform(said(turns), lambda one: text_words(one)));
"""


def statistics(version: Version) -> Statistics:
    """Measure the members of a version or split: turns, characters, words, kinds and labels."""
    with reading(version.folder) as connection:
        connection.execute(_MACROS)
        joined = (
            f"SELECT p.* FROM ({version.members_sql()}) m "
            f"JOIN {version.payloads_sql()} p ON p.hash = m.hash"
        )
        spreads = _spreads(connection, joined)
        labels = _labels(connection, joined)
    return Statistics(version.kinds(), spreads, labels)


def _spreads(connection: Connection, joined: str) -> tuple[Spread, ...]:
    figures = ("count", "min", "median", "avg", "max")
    columns = ", ".join(
        f"{figure}(m{at}) AS {figure}_{at}" for at in range(len(_MEASURES)) for figure in figures
    )
    measured = ", ".join(f"{sql} AS m{at}" for at, sql in enumerate(_MEASURES.values()))
    row: dict[str, Any] = table_of(
        connection, f"SELECT {columns} FROM (SELECT {measured} FROM ({joined}))"
    ).to_pylist()[0]
    return tuple(
        Spread(name, row[f"count_{at}"], *(float(row[f"{figure}_{at}"]) for figure in figures[1:]))
        for at, name in enumerate(_MEASURES)
        if row[f"count_{at}"]
    )


def _labels(connection: Connection, joined: str) -> tuple[LabelValue, ...]:
    """The most frequent values of each label; ties by value."""
    rows = table_of(
        connection,
        f"""
        SELECT label, value, n, count(*) OVER (PARTITION BY label) AS values_ FROM (
            SELECT one.key AS label, one.value ->> '$' AS value, count(*) AS n FROM (
                SELECT unnest(map_entries(labels::JSON::MAP(VARCHAR, JSON))) AS one
                FROM ({joined}) s)
            GROUP BY ALL)
        QUALIFY row_number() OVER (PARTITION BY label ORDER BY n DESC, value) <= {LABEL_VALUES}
        ORDER BY label, n DESC, value""",
    )
    return tuple(
        LabelValue(r["label"], _value(r["value"]), r["n"], r["values_"]) for r in rows.to_pylist()
    )


def _value(value: str | None) -> str:
    return "null" if value is None else value
