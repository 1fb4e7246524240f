"""The topics of a version: those that a build gave its records, or made now of stored vectors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import RefusedError, UsageError
from curate.fields import field_columns, field_texts
from curate.history.member_values import Known
from curate.history.slices import CHARACTERS
from curate.models.vectors import vectors_of
from curate.semantic.cosine import Places
from curate.store import Version
from curate.store.catalog import Connection, reading, table_of
from curate.store.scored import scored_signals
from curate.topics.fields import said_fields
from curate.topics.finding import find_topics
from curate.topics.report import document

COUNT: Final = 20
"""Topics that are made where a version has none, as by the step `topics`."""

_BATCH: Final = 10_000


class SeenTopic(NamedTuple):
    """A topic of a version or split."""

    number: int
    name: str
    words: tuple[str, ...]
    records: int
    share: float
    """Of the members."""
    characters: int
    silhouette: float
    stability: float
    samples: tuple[bytes, ...]
    """Hashes of the contents of some of its members, always the same."""


class SeenTopics(NamedTuple):
    """The topics of a version or split."""

    made_by: str
    """The step that gave them, or what they are made of now."""
    is_stored: bool
    members: int
    without: int
    """Members that have none."""
    silhouette: float
    silhouettes: Mapping[str, float]
    """By the number of topics asked for."""
    adjusted_rand: float
    topics: tuple[SeenTopic, ...]


def seen_topics(
    version: Version, samples: int, signal: str | None = None, count: int | None = None
) -> SeenTopics:
    """Look at the topics of a version or split.

    They are those of its step `topics`, of which `signal` names one. Where it has none, or with a
    `count`, they are made now, of stored vectors. Raises RefusedError where there are no vectors,
    UsageError where it is not clear which topics are meant.
    """
    told = None if count is not None else _told(version, signal)
    with reading(version.folder) as connection:
        if told is None:
            made = _vectors(version)
            told = _made(connection, version, made, count or COUNT)
            step = f"{made.signal} of {made.field} ({made.fingerprint[:8]})"
        else:
            step = f"step {told['step']}"
            known = Known(told["signal"], told["field"], told["fingerprint"], "label")
            connection.execute(
                f"CREATE TEMP TABLE topic_of AS FROM {known.values_sql(connection, version)}"
            )
        sizes = _sizes(connection, version, samples)
    members = sum(one["records"] for one in sizes.values())
    topics = tuple(
        SeenTopic(
            *(number, one["name"], tuple(one["words"])),
            *_figures(sizes.get(one["name"]), members),
            *(one["silhouette"], one["stability"]),
            tuple(sizes[one["name"]]["samples"]) if one["name"] in sizes else (),
        )
        for number, one in enumerate(told["topics"], start=1)
    )
    return SeenTopics(
        step,
        "step" in told,
        members,
        sizes[None]["records"] if None in sizes else 0,
        told["silhouette"],
        told["silhouettes"],
        told["adjusted_rand"],
        topics,
    )


def _figures(size: Mapping[str, Any] | None, members: int) -> tuple[int, float, int]:
    if size is None:
        return 0, 0.0, 0
    return size["records"], size["records"] / members, size["characters"]


def _told(version: Version, signal: str | None) -> Mapping[str, Any] | None:
    """What the build told of its topics; None where it has no step `topics`."""
    given = [one for one in version.certificates if one["kind"] == "topics"]
    named = [one for one in given if signal in (None, one["signal"])]
    if len(named) == 1 or (named and signal is not None):
        # A later step may give another signal of the same name, which no step behind can want.
        return dict(named[-1])
    known = ", ".join(one["signal"] for one in given)
    if named:
        found = f"{version.ref} has several: {known}"
        raise UsageError("topics", found, "Name those that are meant: --signal NAME.")
    if signal is not None:
        found = f"no step gave topics called {signal!r}"
        raise UsageError("--signal", found, f"Those of {version.ref}: {known or 'none'}.")
    return None


def _vectors(version: Version) -> Known:
    """The stored vectors that most members have, of whole records before single fields."""
    known = [one for one in scored_signals(version) if one.vectors]
    if not known:
        raise RefusedError(
            version.ref,
            "it has no topics, and no vectors of its records are stored",
            "Put the steps `embedding: MODEL` and `topics` into the recipe, or measure vectors: "
            f"curate score {version.ref} 'embedding: MODEL'.",
        )
    best = max(
        known, key=lambda one: (one.vectors, one.field in ("conversation", "text"), one.fingerprint)
    )
    return Known(best.signal, best.field, best.fingerprint, "vector")


def _made(connection: Connection, version: Version, known: Known, count: int) -> dict[str, Any]:
    """Make topics, and the table `topic_of`: the name by the hash of the content."""
    records = table_of(
        connection,
        f"SELECT m.id, m.hash, v.value AS vector FROM ({version.members_sql()}) m "
        f"JOIN {known.values_sql(connection, version)} v USING (hash) ORDER BY m.id, m.copy",
    ).combine_chunks()
    hashes = records["hash"].combine_chunks().cast(pa.binary())
    found = find_topics(
        vectors_of(records["vector"]),
        records["id"].combine_chunks(),
        count,
        version.recipe["seed"],
        lambda places: _texts(connection, version, known.field, hashes, places),
    )
    named = pa.table({"hash": hashes, "value": found.names()})
    connection.register("named", named)
    connection.execute("CREATE TEMP TABLE topic_of AS SELECT DISTINCT hash, value FROM named")
    connection.unregister("named")
    return document(found, 0)


def _texts(
    connection: Connection, version: Version, field: str, hashes: pa.Array, places: Places
) -> Iterator[tuple[Places, Sequence[pa.StringArray]]]:
    """The texts of records, each content once."""
    wanted = hashes.take(pa.array(places))
    fields = said_fields(field)
    columns = sorted({column for name in fields for column in field_columns(name)})
    cursor = connection.cursor()
    cursor.register("wanted_contents", pa.table({"hash": wanted.unique()}))
    query = (
        f"SELECT hash, {', '.join(columns)} FROM {version.payloads_sql()} "
        "SEMI JOIN wanted_contents USING (hash)"
    )
    for batch in cursor.sql(query).to_arrow_reader(_BATCH):
        rows = pc.index_in(batch.column("hash").cast(pa.binary()), wanted).to_numpy()
        yield places[np.asarray(rows, np.int64)], [field_texts(batch, name) for name in fields]
    cursor.close()


def _sizes(
    connection: Connection, version: Version, samples: int
) -> dict[str | None, dict[str, Any]]:
    """Records, characters and samples by the name of the topic; None is the name of no topic."""
    rows: Iterable[dict[str, Any]] = table_of(
        connection,
        f"""
        SELECT t.value AS name, count(*) AS records,
            coalesce(sum({CHARACTERS}), 0)::BIGINT AS characters,
            list(m.hash ORDER BY md5(m.id), m.copy)[:{samples}] AS samples
        FROM ({version.members_sql()}) m LEFT JOIN topic_of t USING (hash)
        LEFT JOIN {version.payloads_sql()} p ON p.hash = m.hash GROUP BY t.value""",
    ).to_pylist()
    return {row["name"]: row for row in rows}
