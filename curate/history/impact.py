"""What holds or learned a record: versions, tags, its kin, runs, models and their scores."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

import pyarrow as pa

from curate.decision import NO_TWIN
from curate.history.lookup import own_files
from curate.history.rows import RecordRows
from curate.history.why import Membership, copies_of, copies_read, is_excluded
from curate.store import Run, Store, Version
from curate.store.catalog import Connection, reading, table_of
from curate.store.delta import files_sql
from curate.store.runs import descendants, read_runs

MOST_KIN: Final = 1_000
"""How many relatives are followed; a boiler-plate answer may have had many thousands of twins."""

Relation = Literal[
    "twin dropped for it",
    "kept instead of it",
    "made of it",
    "it was made of",
    "labelled for its likeness to it",
    "its label is for its likeness to it",
]

_LIKENESS: Final[tuple[Relation, Relation]] = (
    "its label is for its likeness to it",
    "labelled for its likeness to it",
)
_RELATIONS: Final[Mapping[str, tuple[Relation, Relation]]] = {
    "add": ("it was made of", "made of it"),
    "drop": ("kept instead of it", "twin dropped for it"),
}
"""What the other is to a record that a decision is on, and what this one is to that, by action."""


class Held(NamedTuple):
    """Versions in a row that hold a record alike."""

    dataset: str
    versions: tuple[int, ...]
    snapshots: tuple[str, ...]
    tags: tuple[str, ...]
    copies: tuple[Membership, ...]


class Score(NamedTuple):
    """What an evaluation found."""

    run: str
    task: str
    metric: str
    value: float


class Given(NamedTuple):
    """A run that read the snapshot of a record, and what came of it."""

    run: Run
    excluded: bool
    """Whether the run left the record out, as too long for instance; it did not learn it then."""
    heirs: tuple[Run, ...]
    """The runs that started from its model, or from one that did."""
    scores: tuple[Score, ...]
    """Of it and of its heirs."""


class Learned(NamedTuple):
    """A run, and how many of some records it was given and did not leave out."""

    given: Given
    records: int


class Kin(NamedTuple):
    """Another record that says what this one says, wholly or in part."""

    id: bytes
    relation: Relation
    held: tuple[Held, ...]
    runs: tuple[Given, ...]


class Impact(NamedTuple):
    """All that a record has touched."""

    id: bytes
    held: tuple[Held, ...]
    runs: tuple[Given, ...]
    kin: tuple[Kin, ...]
    more_kin: int
    """Relatives beyond the first `MOST_KIN`."""


def impact(store: Store, record: bytes, versions: Sequence[Version]) -> Impact:
    """Say what holds a record and what learned it, and the same of its twins and children."""
    with reading(store.folder) as connection:
        return _Asked(connection, versions).impact(record)


def impact_of_version(store: Store, version: Version) -> tuple[Held, tuple[Given, ...]]:
    """Say which versions and tags share the snapshot of a version, and what runs came of it.

    A split of the version is what the runs must have read.
    """
    equal = [one for one in store.versions() if one.snapshot == version.snapshot]
    with reading(store.folder) as connection:
        asked = _Asked(connection, equal)
    own = [one for one in asked.versions if one.dataset == version.dataset]
    tags = [tag for one in asked.versions for tag in asked.tags_of(one)]
    numbers = tuple(one.number for one in own)
    held = Held(version.dataset, numbers, (version.snapshot,), tuple(tags), ())
    given = [
        asked.given(run, excluded=False)
        for run in asked.runs
        if any((run.dataset, run.version) == (one.dataset, one.number) for one in asked.versions)
        and (version.split is None or run.split in ("", version.split))
    ]
    return held, tuple(given)


def learned(
    store: Store, records: Sequence[bytes], versions: Sequence[Version]
) -> tuple[Learned, ...]:
    """Say which runs were given any of some records, and how many of them."""
    by_name = {(one.dataset, one.number): one for one in versions}
    found = []
    with reading(store.folder) as connection:
        asked = _Asked(connection, versions)
        wanted = pa.table({"id": pa.array(list(records), pa.binary())})
        connection.register("wanted_records", wanted)
        for run in asked.runs:
            version = by_name.get((run.dataset, run.version))
            if version is None:
                continue
            members = version.with_split(run.split or None).members_sql()
            (number,) = connection.execute(
                f"SELECT count(DISTINCT id) FROM ({members}) SEMI JOIN wanted_records USING (id) "
                "WHERE NOT list_contains(?, lower(hex(id)) || ':' || copy)",
                [list(run.excluded)],
            ).fetchall()[0]
            if number:
                found.append(Learned(asked.given(run, excluded=False), number))
    return tuple(found)


class _Asked:
    """The catalog, read once for all that is asked of it."""

    def __init__(self, connection: Connection, versions: Sequence[Version]) -> None:
        self.connection = connection
        self.versions = sorted(versions, key=lambda one: (one.dataset, one.number))
        self.runs = read_runs(connection)
        self.tags = table_of(connection, "SELECT * FROM cat.base.tags ORDER BY tag").to_pylist()
        self.scores = _scores(connection)

    def impact(self, record: bytes) -> Impact:
        kin = self._kin(record)
        chosen = sorted(kin.items())[:MOST_KIN]
        held, runs = self._touched([record, *(one for one, _ in chosen)])
        return Impact(
            record,
            tuple(held.get(record, ())),
            tuple(runs.get(record, ())),
            tuple(
                Kin(one, relation, tuple(held.get(one, ())), tuple(runs.get(one, ())))
                for one, relation in chosen
            ),
            len(kin) - len(chosen),
        )

    def tags_of(self, version: Version) -> list[str]:
        return [
            tag["tag"]
            for tag in self.tags
            if (tag["dataset"], tag["version"]) == (version.dataset, version.number)
        ]

    def given(self, run: Run, excluded: bool) -> Given:
        heirs = descendants(run, self.runs) if run.kind == "train" and not excluded else []
        names = {run.run, *(heir.run for heir in heirs)}
        scores = [score for score in self.scores if score.run in names]
        return Given(run, excluded, tuple(heirs), tuple(scores))

    def _kin(self, record: bytes) -> dict[bytes, Relation]:
        """Whom any version dropped for it, kept for it, made of it, or made it of; by id."""
        paths = [file.path for file in own_files(self.versions, "ledger")]
        if not paths:
            return {}
        one = f"unhex('{record.hex()}')"
        rows = table_of(
            self.connection,
            f'SELECT DISTINCT id, "of", action FROM {files_sql(self.versions[0].folder, paths)} '
            f'WHERE NOT removed AND "of" IS NOT NULL AND (id = {one} OR "of" = {one}) '
            f"AND coalesce(rule, '') NOT IN {NO_TWIN}",
        ).to_pylist()
        kin: dict[bytes, Relation] = {}
        for row in rows:
            its, of_it = _RELATIONS.get(row["action"], _LIKENESS)
            if row["id"] == record:
                kin[row["of"]] = its
            else:
                kin[row["id"]] = of_it
        return kin

    def _touched(
        self, records: Sequence[bytes]
    ) -> tuple[dict[bytes, list[Held]], dict[bytes, list[Given]]]:
        """Where records are members, and the runs that read them there."""
        held: dict[bytes, list[Held]] = {}
        runs: dict[bytes, list[Given]] = {}
        for _, group in groupby(self.versions, key=lambda one: one.dataset):
            own = list(group)
            rows = RecordRows.members(self.connection, own, records)
            for record in records:
                here = [(one, copies_of(rows.at(one.number, record))) for one in own]
                held.setdefault(record, []).extend(self._held(here))
                runs.setdefault(record, []).extend(self._given(record, here))
        return held, runs

    def _held(self, members: Iterable[tuple[Version, tuple[Membership, ...]]]) -> list[Held]:
        folded: list[Held] = []
        for version, copies in members:
            if not copies:
                continue
            tags = tuple(self.tags_of(version))
            if (
                folded
                and folded[-1].copies == copies
                and folded[-1].versions[-1] == version.number - 1
            ):
                last = folded.pop()
                versions = (*last.versions, version.number)
                snapshots = tuple(dict.fromkeys((*last.snapshots, version.snapshot)))
                held = Held(last.dataset, versions, snapshots, (*last.tags, *tags), copies)
            else:
                number, snapshot = (version.number,), (version.snapshot,)
                held = Held(version.dataset, number, snapshot, tags, copies)
            folded.append(held)
        return folded

    def _given(
        self, record: bytes, members: Iterable[tuple[Version, tuple[Membership, ...]]]
    ) -> list[Given]:
        found = []
        for version, copies in members:
            for run in self.runs:
                if read := copies_read(run, version, copies):
                    found.append(self.given(run, is_excluded(run, record, read)))
        return found


def _scores(connection: Connection) -> list[Score]:
    rows = table_of(
        connection,
        "SELECT run, task, metric, value FROM cat.base.evals ORDER BY run, task, metric",
    )
    return [Score(**row) for row in rows.to_pylist()]
