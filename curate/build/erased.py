"""Records that were erased from the store and are in its input again: no build takes them."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from curate.build.account import Account, Count
from curate.build.arrow_file import read_arrow
from curate.build.cache import Cache, write_whole
from curate.build.pool import cached_contents
from curate.build.reading import ReadResult
from curate.build.selecting import CURRENT
from curate.recipe.step import READ
from curate.store.catalog import Connection, table_of
from curate.store.parquet import read_columns
from curate.store.tombstones import Tombstones

ERASED = "erased"


def drop_erased(
    connection: Connection,
    cache: Cache,
    tombstones: Tombstones,
    account: Account,
    results: Sequence[ReadResult] = (),
) -> None:
    """Drop the current records that tombstones match, and their contents from the cache.

    `results` say what is kept in the place of contents that were scrubbed as they were read: what
    was erased is known by that. The ledger says that they were erased and keeps no hash of them.
    """
    if not len(tombstones):
        return
    records = table_of(connection, f"SELECT id, hash FROM {CURRENT}")
    kept = [read_columns(path, ["hash", "kept"]) for each in results for path in each.files("kept")]
    ids, hashes = records.column("id"), records.column("hash")
    matching = tombstones.matches(ids, hashes) | tombstones.matches(ids, _ends(hashes, kept))
    gone = records.filter(pa.array(matching))
    if not len(gone):
        return
    connection.register("erased_records", gone.select(["id"]))
    rows = f"FROM {CURRENT} c SEMI JOIN erased_records e ON e.id = c.id"
    counted = f"SELECT source, count(*) {rows} GROUP BY source"
    for source, number in connection.execute(counted).fetchall():
        account.add({(READ, source): Count(kept=-number, dropped=number)})
    connection.execute(
        "INSERT INTO new_ledger BY NAME SELECT c.id, c.copy, ? AS step, 'drop' AS action, "
        f"? AS rule, c.source, c.file, c.line {rows}",
        [READ, ERASED],
    )
    connection.execute(f"DELETE FROM {CURRENT} WHERE id IN (SELECT id FROM erased_records)")
    connection.unregister("erased_records")
    still = table_of(connection, f"SELECT DISTINCT hash FROM {CURRENT}").column("hash")
    still, hashes = (_with_kept(each, kept) for each in (still, gone.column("hash")))
    purge(cache, hashes.filter(pc.invert(pc.is_in(hashes, still))))


def _ends(hashes: pa.ChunkedArray, kept: Sequence[pa.Table]) -> pa.ChunkedArray:
    """Of each content what is kept in its place: most often itself."""
    if not kept:
        return hashes
    pairs = pa.concat_tables(kept).combine_chunks()
    places = pc.index_in(hashes.cast(pa.binary(16)), value_set=pairs.column("hash"))
    return pc.coalesce(pairs.column("kept").take(places), hashes)


def _with_kept(hashes: pa.ChunkedArray, kept: Sequence[pa.Table]) -> pa.ChunkedArray:
    """The hashes, and those of what is kept in their place."""
    own = hashes.cast(pa.binary(16)).combine_chunks()
    found = [own]
    for table in kept:
        mine = table.filter(pc.is_in(table.column("hash").cast(own.type), own))
        found += mine.column("kept").cast(own.type).chunks
    return pa.chunked_array(found, own.type)


def purge(cache: Cache, hashes: pa.ChunkedArray) -> None:
    """Rewrite the files of contents in which some of the given ones are."""
    wanted = hashes.combine_chunks().cast(pa.binary(16))
    for path in cached_contents(cache):
        table = read_arrow(path)
        gone = pc.is_in(table.column("hash"), wanted)
        if pc.any(gone).as_py():
            write_whole(path, table.filter(pc.invert(gone)))
