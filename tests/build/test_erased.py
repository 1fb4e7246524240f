"""Records that were erased stay away, and no trace of them stays in the cache."""

import pyarrow as pa
import pyarrow.compute as pc

from curate.build.arrow_file import ARROW, read_arrow
from curate.store.tombstones import Of, macs_of
from tests.conftest import Workbench, tickets

KEY = bytes(range(32))


def bury(bench: Workbench, of: Of, value: bytes) -> None:
    """Leave a tombstone as `curate forget` does."""
    with bench.store.commit() as catalog:
        catalog.execute("DELETE FROM cat.base.tombstone_key")
        catalog.execute("INSERT INTO cat.base.tombstone_key VALUES (?)", [KEY])
        (mac,) = macs_of(KEY, of, [value])
        catalog.execute("INSERT INTO cat.base.tombstones VALUES (?, 1)", [mac])


def test_an_erased_record_is_dropped_as_it_is_read_by_its_id_or_its_content(
    filled: Workbench,
) -> None:
    keyed = filled.recipe("", "{path: data, name: tickets, key: ticket}")
    first = filled.build(keyed).version
    assert first is not None
    gone = first.members().slice(5, 2)
    ids, hashes = gone["id"].to_pylist(), gone["hash"].to_pylist()
    bury(filled, "id", ids[0])
    bury(filled, "content", hashes[1])
    filled.write([*tickets(40), {"ticket": "new", "prompt": "a", "response": "b"}])
    second = filled.build(keyed).version
    assert second is not None
    assert second.records == 39
    assert not set(ids) & set(second.members()["id"].to_pylist())
    rows = [row for row in second.ledger().to_pylist() if row["rule"] == "erased"]
    assert [row["id"] for row in rows] == ids
    assert {(row["step"], row["action"], row["before"]) for row in rows} == {("read", "drop", None)}
    assert second.counts[0]["dropped"] == 2
    assert not filled.build(keyed).is_new


def test_an_erased_content_is_not_left_in_the_cache(filled: Workbench) -> None:
    version = filled.build(filled.recipe("")).version
    assert version is not None
    gone = version.members()["hash"][7].as_py()
    bury(filled, "content", gone)
    filled.write([*tickets(41)])
    filled.build(filled.recipe(""), dry_run=True)
    cached = list(filled.store.folder.glob(f"cache/read/*/records/*{ARROW}"))
    held = pa.concat_tables([read_arrow(path) for path in cached])["hash"]
    assert len(held) == 40
    assert not pc.any(pc.equal(held, pa.scalar(gone, pa.binary(16)))).as_py()
