"""Lines that compiled code reads are read as every line is."""

import json
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.readers import read, reading, resolve
from curate.readers.blocks import blocks
from curate.readers.bulk import Bulk
from curate.readers.shapes.shaper import Shaper
from curate.recipe.source import ColumnMap, Source

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from('\\"/\n\t\x00\x1f\x7fé😀ab'), max_size=20
)
SCALARS = TEXTS | st.integers(-(2**63), 2**64 - 1) | st.booleans() | st.none() | st.floats(width=32)
ROLES = st.sampled_from(["user", "assistant", "system", "gpt", "human", "nobody", "function_call"])
TURNS = st.fixed_dictionaries({"role": ROLES, "content": TEXTS}) | st.fixed_dictionaries(
    {"value": TEXTS, "from": ROLES}
)
ODD_TURNS = TURNS | st.dictionaries(st.sampled_from(["role", "content", "name"]), TEXTS | st.none())
RECORDS = st.one_of(
    st.fixed_dictionaries({"messages": st.lists(TURNS, max_size=4), "k": TEXTS, "topic": SCALARS}),
    st.fixed_dictionaries({"k": SCALARS, "messages": st.lists(ODD_TURNS, max_size=3)}),
    st.fixed_dictionaries({"k": TEXTS, "instruction": TEXTS, "input": TEXTS, "output": TEXTS}),
    st.fixed_dictionaries({"k": TEXTS, "question": TEXTS, "answer": TEXTS, "n": SCALARS}),
    st.fixed_dictionaries({"text": TEXTS, "k": TEXTS}),
)
DAMAGES = (
    lambda line: line,
    lambda line: line[: len(line) // 2],
    lambda line: line.replace(b"a", b"\xff", 1),
    lambda line: line.replace(b":", b" :  ", 2) + b" ",
    lambda line: line.replace(b"1", b"01"),
    lambda line: line.replace(b"\\n", b"\\x"),
    lambda line: line.replace(b"a", b"\\u0061").replace(b"b", b"\\ud83d\\ude00"),
    lambda line: line.replace(b"a", b"\\ud83d"),
    lambda line: line + b"\r",
    lambda line: line + b"{}",
    lambda line: b"",
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Lines of a few layouts, some of them damaged."""
    found = []
    for record in draw(st.lists(RECORDS, max_size=12)):
        is_ascii, damage = draw(st.booleans()), draw(st.sampled_from(DAMAGES))
        line = (
            json.dumps(record, ensure_ascii=is_ascii).encode()
            if draw(st.booleans())
            else (orjson.dumps(record))
        )
        found.append(damage(line))
    return b"\n".join(found) + draw(st.sampled_from([b"", b"\n"]))


def parts(path: Path, source: Source, size: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    [file] = resolve(source, path.parent)
    found = list(read(file, source, size))
    for name in ("records", "quarantine"):
        batches = [getattr(part, name) for part in found]
        yield pa.Table.from_batches(batches).combine_chunks()


@pytest.mark.parametrize(
    "settings_",
    [
        {"key": "k"},
        {},
        {"key": "k", "license": "mit", "map": ColumnMap(labels={"topic": "topic", "a": "k"})},
        {"key": "k", "map": ColumnMap(messages="messages", labels={"b": "k"})},
    ],
    ids=["key", "keyless", "labels", "map"],
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=lines(), size=st.sampled_from([1, 3, 100]))
def test_compiled_code_reads_what_every_line_is_read_as(
    tmp_path: Path, settings_: dict[str, Any], body: bytes, size: int
) -> None:
    path = tmp_path / "a.jsonl"
    # What compiled code learns from stands first.
    path.write_bytes(b'{"messages":[{"role":"user","content":"a"}],"k":"1","topic":"b"}\n' + body)
    source = Source(path="a.jsonl", name="a", **settings_)
    with pytest.MonkeyPatch.context() as patched:
        both = []
        for limit in (0, 2**60):
            patched.setattr(reading, "COMPILED_BYTES", limit)
            both.append(list(parts(path, source, size)))
    assert both[0] == both[1]


@pytest.mark.parametrize(
    "line",
    [
        b'{"k":"1","messages":[{"role":"user","content":"a"},{"role":"assistant","content":""}]}',
        b'{"k": "2", "messages": [{"content": "\\u00e9\\n\\ud83d\\ude00\\/", "role": "user"}]} \r',
        '{"k":"\\"é","messages":[{"role":"system","content":"\\\\ é"}]}'.encode(),
    ],
)
def test_compiled_code_takes_plain_lines(line: bytes) -> None:
    bulk = Bulk(Shaper(None, "a"), "k")
    bulk.learn({"k": "", "messages": [{"role": "user", "content": ""}]})
    [block] = blocks(BufferedReader(BytesIO(line + b"\n")), 10)
    found, left = bulk.read(block)
    assert len(found) == 1
    assert not len(left)


class Torn(BytesIO):
    """A stream that breaks where it ends."""

    def readinto(self, target: Any) -> int:
        count = super().readinto(target)
        if not count:
            raise EOFError
        return count


@pytest.mark.parametrize("most", [1, 2, 3, 100])
@pytest.mark.parametrize("chunk", [1, 4, 1000])
def test_blocks_hold_every_line_once_with_its_number(
    most: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curate.readers.blocks._CHUNK", chunk)
    for whole in (b"a\n\nbcd\r\ne\n", b"a\nbc\n\nd", b"\n", b"abcdefg"):
        found = list(blocks(BufferedReader(BytesIO(whole), 4), most))
        assert b"".join(block.line(at) for block in found for at in range(len(block))) == whole
        assert found[0].number == 1
        assert all(a.number + len(a) == b.number for a, b in pairwise(found))
        assert all(len(block) <= most for block in found)


def test_the_lines_before_damage_come_first() -> None:
    found = []
    with pytest.raises(EOFError):
        found += [block.line(0) for block in blocks(BufferedReader(Torn(b"a\nb\nc")), 1)]
    assert found == []
    stream = blocks(BufferedReader(Torn(b"a\nb\nc")), 1)
    assert [next(stream).line(0), next(stream).line(0)] == [b"a\n", b"b\n"]
    with pytest.raises(EOFError):
        next(stream)


def test_a_line_above_the_limit_is_cut_and_its_rest_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curate.readers.blocks.LINE_LIMIT", 8)
    monkeypatch.setattr("curate.readers.blocks._CHUNK", 3)
    found = list(blocks(BufferedReader(BytesIO(b"ab\n" + b"x" * 30 + b"\ncd\n")), 10))
    lines = [block.line(at) for block in found for at in range(len(block))]
    assert lines == [b"ab\n", b"x" * 8, b"cd\n"]
    assert [block.number for block in found] == [1, 3]
