"""From what a person knows of a record to its id."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from curate.errors import NotFoundError, UsageError
from curate.store import Store, Version
from curate.store.catalog import Connection, quoted, reading, table_of
from curate.store.delta import StoredFile, files_sql

PREFIX_DIGITS: Final = 6
ID_DIGITS: Final = 32
LISTED: Final = 10
"""How many records of an ambiguous request are listed."""

_PREFIX: Final = re.compile(r"[0-9a-f]{6,32}")
_PLACE: Final = re.compile(r"(?P<file>.+):(?P<line>[0-9]{1,18})")


class BadLine(NamedTuple):
    """A line of input that could not be a record, in one version."""

    ref: str
    source: str
    file: str
    line: int
    reason: str
    raw: bytes
    raw_bytes: int


class Found(NamedTuple):
    """What a request names: a record, or input that is none."""

    id: bytes | None
    bad: tuple[BadLine, ...] = ()


def find(store: Store, text: str, versions: Sequence[Version]) -> Found:
    """Find what a text names among versions: the beginning of an id, or `file:line`.

    A place may have its source before it, and is looked for in the newest versions first. Raises
    NotFoundError where nothing has the name, UsageError where several have it, or where the text is
    neither.
    """
    if _PREFIX.fullmatch(text.lower()):
        return Found(_by_prefix(store, text.lower(), versions))
    place = _PLACE.fullmatch(text)
    if place is None:
        raise UsageError(
            f"record {text!r}",
            "neither an id nor a place",
            f"Give {PREFIX_DIGITS} or more hex digits of an id, or file:line.",
        )
    return _by_place(store, place["file"], int(place["line"]), versions)


def find_text(store: Store, text: str, versions: Sequence[Version]) -> bytes:
    """Find the one record whose stored content holds a text; any member of the versions.

    Raises NotFoundError and UsageError as `find` does.
    """
    if not text:
        raise UsageError("--find", "an empty text", "Give some words of the record.")
    content = "concat_ws(' ', p.messages::VARCHAR, p.rejected::VARCHAR, p.text)"
    ids: set[bytes] = set()
    with reading(store.folder) as connection:
        for version in versions:
            rows = table_of(
                connection,
                f"SELECT DISTINCT m.id FROM ({version.members_sql()}) m "
                f"JOIN {version.payloads_sql()} p ON p.hash = m.hash "
                f"WHERE contains({content}, {quoted(text)}) LIMIT {LISTED + 1}",
            )
            ids.update(rows.column("id").to_pylist())
    return _only(f"text {text!r}", ids, "no member holds it")


def _by_prefix(store: Store, prefix: str, versions: Sequence[Version]) -> bytes:
    low, high = (bytes.fromhex(prefix.ljust(ID_DIGITS, fill)) for fill in "0f")
    between = f"id BETWEEN {_blob(low)} AND {_blob(high)}"
    with reading(store.folder) as connection:
        if low == high and _is_of_first(connection, store, versions, f"id = {_blob(low)}"):
            return low
        ids = _ids(connection, store, versions, between)
        if not ids:
            near = _ids(connection, store, versions, f"id >= {_blob(low)} ORDER BY id LIMIT 1")
            near |= _ids(connection, store, versions, f"id < {_blob(low)} ORDER BY id DESC LIMIT 1")
            raise _unknown(f"record {prefix}", "no record of any version begins so", near)
    return _only(f"record {prefix}", ids, "no record begins so")


def _by_place(store: Store, file: str, line: int, versions: Sequence[Version]) -> Found:
    # Pages name a place with its source before it: `tickets/2026/may.jsonl:17`.
    named = quoted(file)
    place = f"(file = {named} OR source || '/' || file = {named}) AND line = {line}"
    with reading(store.folder) as connection:
        where = place + _not_made(connection, store, versions)
        for number in sorted({version.number for version in versions}, reverse=True):
            ids: set[bytes] = set()
            bad: list[BadLine] = []
            for version in (one for one in versions if one.number == number):
                for table in (version.members_sql(), version.ledger_sql()):
                    rows = table_of(connection, f"SELECT DISTINCT id FROM ({table}) WHERE {where}")
                    ids.update(rows.column("id").to_pylist())
                bad += _bad_lines(connection, version, place)
            if ids:
                return Found(_only(f"{file}:{line}", ids, ""))
            if bad:
                return Found(None, tuple(bad))
    read = sorted({one["file"] for version in versions for one in version.inputs})
    raise NotFoundError(
        f"{file}:{line}",
        "nothing was read there",
        f"The files are: {', '.join(read[:LISTED])}. Lines count from 1.",
    )


def _not_made(connection: Connection, store: Store, versions: Sequence[Version]) -> str:
    """The condition that leaves out what was made of others, whose places it has."""
    paths = [file.path for file in own_files(versions, "ledger")]
    if not paths:
        return ""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE made AS SELECT DISTINCT id "
        f"FROM {files_sql(store.folder, paths)} WHERE action = 'add'"
    )
    return " AND id NOT IN (SELECT id FROM made)"


def _bad_lines(connection: Connection, version: Version, where: str) -> list[BadLine]:
    paths = [
        f.path for f in version.files if f.kind == "quarantine" and f.version == version.number
    ]
    if not paths:
        return []
    names = "source, file, line, reason, raw, raw_bytes"
    rows = table_of(
        connection, f"SELECT {names} FROM {files_sql(version.folder, paths)} WHERE {where}"
    )
    return [BadLine(version.ref, **row) for row in rows.to_pylist()]


def _ids(
    connection: Connection, store: Store, versions: Sequence[Version], where: str
) -> set[bytes]:
    """The ids that members or ledgers have ever had, of the datasets of the versions."""
    ids: set[bytes] = set()
    for kind in ("members", "ledger"):
        paths = [file.path for file in own_files(versions, kind)]
        if paths:
            source = files_sql(store.folder, paths)
            # Every id that an `of` names was itself read, so that it is a member or in a ledger.
            rows = table_of(connection, f"SELECT id FROM {source} WHERE {where}")
            ids.update(rows.column("id").to_pylist())
    return ids


def _is_of_first(
    connection: Connection, store: Store, versions: Sequence[Version], where: str
) -> bool:
    """Whether the first version had such a member: most whole ids are told by this one file."""
    paths = [file.path for file in own_files(versions, "members")][:1]
    rows = (
        paths
        and connection.execute(
            f"SELECT 1 FROM {files_sql(store.folder, paths)} WHERE {where} LIMIT 1"
        ).fetchall()
    )
    return bool(rows)


def own_files(versions: Iterable[Version], kind: str) -> list[StoredFile]:
    """The files of changes of one kind that the versions are made of, each once, the oldest first.

    Those without a row are left out.
    """
    own = (file for one in versions for file in one.files if file.kind == kind)
    found = {file.path: file for file in own if file.records and not file.whole}
    return sorted(found.values(), key=lambda file: (file.dataset, file.version, file.path))


def _only(where: str, ids: set[bytes], found: str) -> bytes:
    if len(ids) == 1:
        return next(iter(ids))
    if not ids:
        raise _unknown(where, found, set())
    listed = ", ".join(sorted(one.hex() for one in ids)[:LISTED])
    more = " and more" if len(ids) > LISTED else ""
    raise UsageError(where, f"{len(ids)} records fit", f"Name one: {listed}{more}.")


def _unknown(where: str, found: str, near: set[bytes]) -> NotFoundError:
    listed = " and ".join(sorted(one.hex() for one in near))
    hint = f"The nearest ids are {listed}." if near else "`curate show REF --sample 5` lists some."
    return NotFoundError(where, found, hint)


def _blob(value: bytes) -> str:
    return f"unhex('{value.hex()}')"


def find_record(store: Store, text: str, versions: Sequence[Version]) -> bytes:
    """Find the record that a text names, as `find` does; input that is none is not found."""
    found = find(store, text, versions)
    if found.id is None:
        reason = found.bad[0].reason
        raise NotFoundError(
            text, f"it could not be a record: {reason}", f"See `curate why {text}`."
        )
    return found.id


def upto(store: Store, ref: str | None) -> list[Version]:
    """All versions; with a REF those of its dataset up to that version."""
    if ref is None:
        return store.versions()
    newest = store.version(ref)
    return [one for one in store.versions(newest.dataset) if one.number <= newest.number]
