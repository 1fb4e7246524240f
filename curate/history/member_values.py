"""What is stored of the members of a version, as SQL over one connection: a value a member."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from curate.store import Version
from curate.store.catalog import Connection, quoted
from curate.store.delta import files_sql
from curate.store.signals import COLUMNS
from curate.store.views import signals_sql

NOTHING: Final = "(SELECT NULL::BLOB AS hash, NULL AS value WHERE false)"


class Known(NamedTuple):
    """A stored signal of a field, in one way of measuring."""

    signal: str
    field: str
    fingerprint: str
    type: str = "number"
    """`number`, `label` or `vector`."""

    def values_sql(self, connection: Connection, version: Version) -> str:
        """A SQL table of `hash` (of the content) and `value`, each content once.

        Contents of which it is not known, or that have no value, are left out.
        """
        texts, signals = (_files(connection, kind) for kind in ("texts", "signals"))
        if not texts or not signals:
            return NOTHING
        stored = signals_sql([version.folder / path for path in signals])
        column = COLUMNS[self.type]
        return (
            f"(SELECT t.hash, any_value(s.{column}) AS value "
            f"FROM {files_sql(version.folder, texts)} t JOIN {stored} s ON s.hash = t.text "
            f"WHERE t.field = {quoted(self.field)} AND s.signal = {quoted(self.signal)} "
            f"AND s.fingerprint = {quoted(self.fingerprint)} AND s.{column} IS NOT NULL "
            f"AND t.hash IN (SELECT hash FROM ({version.members_sql()})) GROUP BY t.hash)"
        )


def _files(connection: Connection, kind: str) -> Sequence[str]:
    rows = connection.execute(
        "SELECT path FROM cat.base.files WHERE kind = ? ORDER BY path", [kind]
    ).fetchall()
    return [path for (path,) in rows]
