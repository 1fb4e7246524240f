import gzip
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from curate.errors import InputError

LINES = b'{"text": "a page"}\n' * 5000


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_compressed_files_are_read_by_their_ending(
    read_bytes: Callable[..., Any], ending: str
) -> None:
    packed = gzip.compress(LINES, mtime=0) if ending == "gz" else zstd(LINES) + zstd(LINES)
    records = read_bytes(f"a.jsonl.{ending}", packed).records
    assert len(records) == (5000 if ending == "gz" else 10_000)
    assert records[0]["source"] == "a"


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_cut_file_says_how_much_was_read(read_bytes: Callable[..., Any], ending: str) -> None:
    lines = b"".join(b'{"text": "%d"}\n' % (n * n) for n in range(20_000))
    packed = gzip.compress(lines, mtime=0) if ending == "gz" else zstd(lines)
    with pytest.raises(InputError, match=r"after [1-9]\d{2,} records") as caught:
        read_bytes(f"a.jsonl.{ending}", packed[: len(packed) // 2])
    assert caught.value.where == f"a.jsonl.{ending}"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        ("a.jsonl", bytes(range(256)) * 9, "binary"),
        ("a.csv", "text\nhi".encode("utf-16"), "UTF-16"),
        ("a.jsonl", b" \n \n", "is empty"),
        ("a.jsonl", gzip.compress(b"{}", mtime=0), "gzip"),
        ("a.jsonl.gz", b"{}", "damaged after 0 records"),
        ("a.json.gz", gzip.compress(b"", mtime=0), "is empty"),
    ],
)
def test_what_is_no_text_is_one_error(
    read_bytes: Callable[..., Any], name: str, content: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_bytes(name, content)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_a_byte_order_mark_is_no_part_of_the_first_record(
    read_bytes: Callable[..., Any], name: str
) -> None:
    body = b"text\na page\n" if name.endswith("csv") else b'{"text": "a page"}\n'
    assert read_bytes(name, b"\xef\xbb\xbf" + body).records[0]["text"] == "a page"
