"""Tags: names of versions, in the catalog that is being committed."""

from difflib import get_close_matches

from curate.errors import NotFoundError, RefusedError, UsageError
from curate.store.catalog import Connection, row_of, utc_now
from curate.store.ref import NAME
from curate.store.version import Version


def put_tag(catalog: Connection, name: str, version: Version, move: bool, note: str | None) -> None:
    """Have a tag name a version. One that names another is moved only with `move`."""
    _check_free_of_datasets(catalog, name)
    old = row_of(catalog, "SELECT dataset, version, note FROM cat.base.tags WHERE tag = ?", [name])
    is_note = note is not None and old is not None and old[:2] == (version.dataset, version.number)
    if old is not None and not move and not is_note:
        raise RefusedError(f"tag {name!r}", f"it names {old[0]}@{old[1]}", "Use --move to move it.")
    said = note if note is not None or old is None else old[2]
    catalog.execute(
        "INSERT OR REPLACE INTO cat.base.tags VALUES (?, ?, ?, ?, ?)",
        [name, version.dataset, version.number, utc_now(), said],
    )


def rename_tag(catalog: Connection, name: str, new: str) -> None:
    """Give a tag another name."""
    _check_there(catalog, name)
    _check_free_of_datasets(catalog, new)
    if row_of(catalog, "SELECT 1 FROM cat.base.tags WHERE tag = ?", [new]):
        raise RefusedError(f"tag {new!r}", "there is one", "Choose another, or delete it.")
    catalog.execute("UPDATE cat.base.tags SET tag = ? WHERE tag = ?", [new, name])


def delete_tag(catalog: Connection, name: str) -> None:
    """Remove a tag."""
    _check_there(catalog, name)
    catalog.execute("DELETE FROM cat.base.tags WHERE tag = ?", [name])


def _check_free_of_datasets(catalog: Connection, name: str) -> None:
    if not NAME.fullmatch(name):
        raise UsageError(f"tag {name!r}", "not a name", "Use a-z, 0-9, '.', '_' and '-'.")
    if row_of(catalog, "SELECT 1 FROM cat.base.versions WHERE dataset = ?", [name]):
        raise RefusedError(f"tag {name!r}", "a dataset has this name", "Choose another.")


def _check_there(catalog: Connection, name: str) -> None:
    rows = catalog.execute("SELECT tag FROM cat.base.tags ORDER BY tag").fetchall()
    known = [tag for (tag,) in rows]
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "`curate tag` lists them."
        raise NotFoundError(f"tag {name!r}", "there is none", hint)
