"""What the steps of a version that scrub have found and replaced."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from curate.history.places import flattened
from curate.store import Version
from curate.store.catalog import Connection, reading, table_of

CONTEXT: Final = 32
"""Characters of a sample on each side of what was replaced."""


class Found(NamedTuple):
    """What a step found of one entity in one source."""

    step: str
    entity: str
    source: str
    findings: int
    records: int
    dropped: int
    """Records that it dropped for it."""
    flagged: int
    """Findings that it left as they were."""
    least: float | None
    """The lowest and the highest score; None where the detector tells none."""
    most: float | None
    detectors: tuple[str, ...]


class Sample(NamedTuple):
    """Something that was replaced, as the record reads now; what was there is not kept.

    Of what was flagged and left nothing is shown but where it is.
    """

    step: str
    entity: str
    id: bytes
    field: str
    before: str
    surrogate: str
    after: str


class Checked(NamedTuple):
    """What the second detector found left after a step, by its certificate."""

    step: str
    contents: int
    leaks: Mapping[str, int]


class Scrubbed(NamedTuple):
    """All that was found, with samples and certificates."""

    found: tuple[Found, ...]
    samples: tuple[Sample, ...]
    checked: tuple[Checked, ...]


class Original(NamedTuple):
    """What was replaced in a record."""

    step: str
    entity: str
    field: str
    surrogate: str
    original: str | None
    """None where the recipe did not have it kept."""


def scrubbed(version: Version, samples: int) -> Scrubbed:
    """Summarise a version, with at most so many samples of each step and entity."""
    with reading(version.folder) as connection:
        _load(connection, version)
        found = tuple(_found(connection))
        chosen = _chosen(connection, samples)
    contents = version.payloads(sorted({row["hash"] for row in chosen if row["hash"]}))
    checked = (
        Checked(one["step"], one["contents"], one["leaks"])
        for one in version.certificates
        if one["kind"] == "scrubbed"
    )
    return Scrubbed(found, tuple(_sample(row, contents) for row in chosen), tuple(checked))


def originals(
    version: Version, record: bytes, opened: Callable[[str, bytes], str]
) -> list[Original]:
    """What was replaced in a record; `opened` decrypts the value of an entity."""
    with reading(version.folder) as connection:
        _load(connection, version)
        table = table_of(
            connection,
            "SELECT step, entity, field, span.surrogate AS surrogate, span.original AS original "
            f"FROM replaced WHERE id = unhex('{record.hex()}') AND span.surrogate IS NOT NULL "
            "ORDER BY step, field, span.start",
        )
    return [
        Original(**{**row, "original": row["original"] and opened(row["entity"], row["original"])})
        for row in table.to_pylist()
    ]


def _load(connection: Connection, version: Version) -> None:
    """The view `replaced`, a row for each stretch that was replaced, `ledger` and `members`."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW ledger AS {version.ledger_sql()}")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW members AS {version.members_sql()}")
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW replaced AS SELECT id, step, rule AS entity, source, field, "
        "after, unnest(spans) AS span FROM ledger "
        "WHERE list_bool_or([s.detector IS NOT NULL FOR s IN spans])"
    )


def _found(connection: Connection) -> Iterator[Found]:
    table = table_of(
        connection,
        """
        SELECT r.*, coalesce(d.dropped, 0) AS dropped FROM (
            SELECT step, entity, source, count(*) AS findings, count(DISTINCT id) AS records,
                count(*) FILTER (span.surrogate IS NULL) AS flagged,
                min(span.score) AS least, max(span.score) AS most,
                list(DISTINCT span.detector ORDER BY span.detector) AS detectors
            FROM replaced GROUP BY ALL) r
        LEFT JOIN (
            SELECT step, rule AS entity, source, count(DISTINCT id) AS dropped FROM ledger
            WHERE action = 'drop' GROUP BY ALL) d USING (step, entity, source)
        ORDER BY step, findings DESC, entity, source""",
    )
    for row in table.to_pylist():
        yield Found(**{**row, "detectors": tuple(row["detectors"])})


def _chosen(connection: Connection, samples: int) -> list[dict[str, Any]]:
    """Of each step and entity the findings of the records with the lowest ids."""
    table = table_of(
        connection,
        f"""
        SELECT r.step, r.entity, r.id, r.field, r.span.surrogate AS surrogate,
            coalesce(m.hash, r.after) AS hash
        FROM replaced r LEFT JOIN (
            SELECT id, min(hash) AS hash FROM members GROUP BY id) m USING (id)
        QUALIFY row_number() OVER (
            PARTITION BY r.step, r.entity ORDER BY r.id, r.field, r.span.start) <= {samples}
        ORDER BY r.step, r.entity, r.id, r.field, r.span.start""",
    )
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _sample(row: Mapping[str, Any], contents: Mapping[bytes, Mapping[str, Any]]) -> Sample:
    told = (row["step"], row["entity"], row["id"], row["field"])
    content = contents.get(row["hash"] or b"")
    place = flattened(content).get(row["field"]) if content is not None else None
    text = place.value if place is not None and place.is_text else ""
    shown = row["surrogate"]
    at = text.find(shown) if shown else -1
    if at < 0:
        return Sample(*told, "", shown or "", "")
    end = at + len(shown)
    return Sample(*told, text[max(0, at - CONTEXT) : at], shown, text[end : end + CONTEXT])
