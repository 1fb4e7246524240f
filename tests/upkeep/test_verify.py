"""Whatever is damaged is named, with the versions and records that it hits."""

import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.errors import NotFoundError
from curate.store import Store
from curate.upkeep.findings import Finding
from curate.upkeep.verify import verify
from tests.conftest import Workbench


def only(store: Store, ref: str | None = None, deep: bool = False) -> Finding:
    (finding,) = verify(store, ref, deep).findings
    return finding


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(data)


def rewritten(store: Store, path: str) -> None:
    """Have the catalog believe in a file as it now is."""
    from curate.store.checksums import sha256_of

    with store.commit() as catalog:
        catalog.execute(
            "UPDATE cat.base.files SET bytes = ?, sha256 = ? WHERE path = ?",
            [(store.folder / path).stat().st_size, sha256_of(store.folder / path), path],
        )


def stored(bench: Workbench, kind: str, version: int = 0) -> str:
    files = (f for f in bench.store.files() if f.kind == kind and f.version in (0, version or 1))
    return max(files, key=lambda file: file.records).path


@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_store_is_found_whole(kept: Workbench, deep: bool) -> None:
    report = verify(kept.store, deep=deep)
    assert report.findings == ()
    assert (report.versions, report.files) == (3, len(kept.store.files()))
    assert report.payloads == sum(f.records for f in kept.store.files() if f.kind == "segment")
    assert report.leftovers == ()


def test_a_missing_segment_is_named_and_so_are_the_members_that_lost_their_content(
    kept: Workbench,
) -> None:
    path = stored(kept, "segment")
    (kept.store.folder / path).unlink()
    findings = verify(kept.store).findings
    assert [(f.kind, f.where) for f in findings if f.kind == "missing"] == [("missing", path)]
    lost = {f.where: f.records for f in findings if f.kind == "missing-content"}
    held = {v.ref: sum(len(b) for b in v.batches(["id"])) for v in kept.store.versions()}
    assert lost.keys() <= held.keys()
    assert lost["support@1"] > 0
    assert all(0 < number <= held[ref] for ref, number in lost.items())


def test_a_truncated_file_of_members_is_named_with_the_versions_made_of_it(kept: Workbench) -> None:
    path = stored(kept, "members", 2)
    whole = (kept.store.folder / path).read_bytes()
    (kept.store.folder / path).write_bytes(whole[: len(whole) // 2])
    finding = only(kept.store)
    assert (finding.kind, finding.where) == ("size", path)
    assert finding.versions == ("support@2", "support@3")


def test_a_flipped_byte_of_any_file_is_found_without_decoding(kept: Workbench) -> None:
    for file in kept.store.files():
        path = kept.store.folder / file.path
        whole = path.read_bytes()
        flip(path, len(whole) // 2)
        assert ("checksum", file.path) in [(f.kind, f.where) for f in verify(kept.store).findings]
        path.write_bytes(whole)
    assert verify(kept.store).is_whole


def test_a_content_that_is_not_what_its_hash_says_is_found_by_deep(kept: Workbench) -> None:
    path = stored(kept, "segment")
    table = pq.read_table(kept.store.folder / path)
    labels = table["labels"].to_pylist()
    changed = table.set_column(
        table.column_names.index("labels"), "labels", [['{"x":1}', *labels[1:]]]
    )
    pq.write_table(changed.cast(table.schema), kept.store.folder / path)
    rewritten(kept.store, path)
    assert verify(kept.store).is_whole
    finding = only(kept.store, deep=True)
    assert (finding.kind, finding.where, finding.records) == ("content", path, 1)
    members = kept.store.version("support@1").members().to_pylist()
    ids = {row["hash"]: row["id"].hex() for row in members}
    assert finding.examples[0] in (
        ids.get(table["hash"][0].as_py()),
        table["hash"][0].as_py().hex(),
    )


def test_members_that_give_another_snapshot_are_found(kept: Workbench) -> None:
    path = stored(kept, "members", 1)
    table = pq.read_table(kept.store.folder / path)
    other = table.set_column(table.column_names.index("split"), "split", [["eval"] * len(table)])
    pq.write_table(other.cast(table.schema), kept.store.folder / path)
    rewritten(kept.store, path)
    assert {(f.kind, f.where) for f in verify(kept.store).findings} == {
        ("snapshot", f"support@{number}") for number in (1, 2, 3)
    }


def test_counts_that_do_not_add_up_are_found(kept: Workbench) -> None:
    with kept.store.commit() as catalog:
        catalog.execute(
            "UPDATE cat.base.versions SET counts = replace(counts::VARCHAR, '\"dropped\":1', "
            "'\"dropped\":0') WHERE version = 2"
        )
    found = verify(kept.store).findings
    assert {(f.kind, f.where) for f in found} == {("account", "support@2")}
    assert verify(kept.store, "support@1").is_whole


def test_a_change_that_the_catalog_has_forgotten_is_found(kept: Workbench) -> None:
    with kept.store.commit() as catalog:
        catalog.execute("DELETE FROM cat.base.files WHERE kind = 'ledger' AND version = 2")
    assert ("chain", "support@2") in [(f.kind, f.where) for f in verify(kept.store).findings]


def test_a_catalog_with_a_flipped_byte_is_named_or_the_byte_means_nothing(kept: Workbench) -> None:
    path = kept.store.folder / "catalog.duckdb"
    whole = path.read_bytes()
    before = kept.store.sql("SELECT * FROM versions").to_pylist()
    choose = random.Random(3)
    named = 0
    for at in [*range(0, 4096, 1024), *(choose.randrange(len(whole)) for _ in range(12))]:
        flip(path, at)
        report = verify(kept.store)
        if report.is_whole:
            assert kept.store.sql("SELECT * FROM versions").to_pylist() == before
        else:
            assert [(f.kind, f.where) for f in report.findings] == [("catalog", "catalog.duckdb")]
            named += 1
        path.write_bytes(whole)
    assert named


def test_a_tag_of_a_version_that_is_gone_is_found(kept: Workbench) -> None:
    kept.store.tag("golden", "support@2")
    with kept.store.commit() as catalog:
        catalog.execute("UPDATE cat.base.tags SET version = 9")
    assert only(kept.store).where == "tag golden"


def test_what_a_killed_build_left_is_no_damage(kept: Workbench) -> None:
    (kept.store.folder / "segments" / "left.parquet").write_bytes(b"half")
    report = verify(kept.store)
    assert report.is_whole
    assert report.leftovers == ("segments/left.parquet",)


def test_a_version_that_is_not_there_is_not_damage_but_a_mistake(kept: Workbench) -> None:
    with pytest.raises(NotFoundError):
        verify(kept.store, "support@9")


def test_a_kept_stream_that_is_cut_off_is_named(kept: Workbench) -> None:
    assert sum(map(len, kept.store.version("support@1").kept_batches(5)))
    (path,) = kept.store.folder.rglob("data.arrow")
    assert verify(kept.store, deep=True).is_whole
    path.write_bytes(path.read_bytes()[:-40])
    finding = only(kept.store, deep=True)
    assert (finding.kind, finding.where) == ("stream", str(path.relative_to(kept.store.folder)))


def test_sizes_that_are_not_those_of_the_content_are_found_by_deep(kept: Workbench) -> None:
    path = stored(kept, "segment")
    table = pq.read_table(kept.store.folder / path)
    place = table.column_names.index("response_characters")
    sizes = table["response_characters"].to_pylist()
    other = table.set_column(place, "response_characters", [[sizes[0] + 1, *sizes[1:]]])
    pq.write_table(other.cast(table.schema), kept.store.folder / path)
    rewritten(kept.store, path)
    finding = only(kept.store, deep=True)
    assert (finding.kind, finding.where, finding.records) == ("content", path, 1)
