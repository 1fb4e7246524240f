import gzip
import pickle
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.hashing import record_id
from curate.readers import read, resolve, source_name
from curate.readers.canonical import canonical
from curate.recipe.source import Source
from curate.record import QUARANTINE, RECORD

LINES = [b"{}" if n % 7 == 0 else orjson.dumps({"n": n, "text": f"page {n}"}) for n in range(50)]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(LINES))
    return Source(path="a.jsonl")


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
def test_no_record_is_lost_whatever_the_size_of_batches(
    tmp_path: Path, source: Source, size: int
) -> None:
    [file] = resolve(source, tmp_path)
    parts = list(read(file, source, size))
    good = [line for part in parts for line in part.records.column("line").to_pylist()]
    bad = [line for part in parts for line in part.quarantine.column("line").to_pylist()]
    assert sorted(good + bad) == list(range(1, 51))
    assert bad == [n + 1 for n in range(0, 50, 7)]
    assert all(len(part.records) + len(part.quarantine) <= size for part in parts)
    assert all(part.records.schema == RECORD for part in parts)
    assert all(part.quarantine.schema == QUARANTINE for part in parts)


def test_an_id_is_made_of_the_whole_record_as_read(tmp_path: Path, source: Source) -> None:
    [file] = resolve(source, tmp_path)
    first = next(read(file, source, 10)).records.to_pylist()[0]
    assert first["id"] == record_id("a", canonical({"text": "page 1", "n": 1}), 0)


def test_a_key_column_makes_the_id_and_must_have_a_value(tmp_path: Path) -> None:
    body = b'{"k": {"id": "x"}, "text": "1"}\n{"k": {"id": null}, "text": "2"}\n{"text": "3"}'
    (tmp_path / "a.jsonl").write_bytes(body)
    source = Source(path="a.jsonl", key="k.id", name="tickets")
    [file] = resolve(source, tmp_path)
    [part] = read(file, source, 10)
    assert part.records.column("id").to_pylist() == [record_id("tickets", b'"x"')]
    assert part.records.column("meta").to_pylist() == ['{"k":{"id":"x"}}']
    assert part.quarantine.column("reason").to_pylist() == ["no value in key column 'k.id'"] * 2


def test_a_file_and_its_source_travel_to_a_worker(tmp_path: Path, source: Source) -> None:
    [file] = resolve(source, tmp_path)
    travelled = pickle.loads(pickle.dumps((file, source)))
    assert travelled == (file, source)
    assert source_name(travelled[1]) == "a"


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_the_first_batch_comes_before_the_file_is_read(tmp_path: Path, ending: str) -> None:
    record = orjson.dumps({"text": "a page " * 20})
    body = b",\n".join([record] * 10_000) if ending == "json" else b"\n".join([record] * 10_000)
    (tmp_path / f"a.{ending}").write_bytes(b"[" * (ending == "json") + body + b"<cut")
    source = Source(path=f"a.{ending}")
    [file] = resolve(source, tmp_path)
    parts = read(file, source, 100)
    assert len(next(parts).records) == 100
    if ending == "json":
        with pytest.raises(InputError, match="not closed"):
            list(parts)


def test_long_records_end_a_batch_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curate.readers.reading.BATCH_BYTES", 1000)
    (tmp_path / "a.txt").write_text(("x" * 400 + "\n") * 6)
    source = Source(path="a.txt")
    [file] = resolve(source, tmp_path)
    assert [len(part.records) for part in read(file, source, 100)] == [3, 3]


WHOLE = {
    "a.json": b'[{"messages": [{"role": "user", "content": "x\\n"}], "n": 1.5}, {"text": "y"}]',
    "a.jsonl": b'{"conversations": [{"from": "human", "value": "x"}]}\n{"text": "y"}\n',
    "a.csv": b'text,label\n"a ""b"" c",1\n"two\nlines",2\n',
    "a.jsonl.gz": gzip.compress(b'{"text": "y"}\n' * 9),
}


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(WHOLE)),
    at=st.floats(0, 1),
    removed=st.integers(0, 4),
    put=st.sampled_from([b"", b'"', b"[", b"]", b"{", b"}", b",", b"\n", b"\\", b"\xff", b"\0"]),
)
def test_damage_is_quarantined_or_named_and_never_a_defect(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: float, removed: int, put: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    place = int(at * len(WHOLE[name]))
    content = WHOLE[name][:place] + put + WHOLE[name][place + removed :]
    (folder / name).write_bytes(content)
    source = Source(path=name)
    [file] = resolve(source, folder)
    try:
        for part in read(file, source, 2):
            part.records.validate(full=True)
    except InputError as error:
        assert error.where == name
