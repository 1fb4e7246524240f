"""Search of everything that the files of a store hold, decoded, for many values."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HEAD: Final = 8
"""Bytes by which a value is looked for; shorter ones are left out."""


class Search:
    """Finds values in files."""

    def __init__(self, values: set[str]) -> None:
        """Values of fewer than `HEAD` bytes are left out."""
        self._by_head: dict[bytes, list[bytes]] = {}
        for value in values:
            raw = value.encode()
            if len(raw) >= HEAD:
                self._by_head.setdefault(raw[:HEAD], []).append(raw)
        self._heads = np.sort(np.array(list(self._by_head), f"S{HEAD}").view(np.uint64))

    def hits(self, folder: Path) -> Counter[str]:
        """How many values each file holds, raw or decoded."""
        found: Counter[str] = Counter()
        for path in folder.rglob("*"):
            if path.is_file():
                held = {value for part in _parts(path) for value in self._in(part)}
                found[path.relative_to(folder).as_posix()] = len(held)
        return found

    def _in(self, text: bytes) -> Iterator[bytes]:
        if len(text) < HEAD:
            return
        raw = np.frombuffer(text, np.uint8)
        for shift in range(HEAD):
            whole = (len(raw) - shift) // HEAD
            windows = raw[shift : shift + whole * HEAD].view(np.uint64)
            places = np.minimum(np.searchsorted(self._heads, windows), len(self._heads) - 1)
            for at in np.flatnonzero(self._heads[places] == windows).tolist():
                start = shift + at * HEAD
                for value in self._by_head.get(text[start : start + HEAD], ()):
                    if text.startswith(value, start):
                        yield value


def _parts(path: Path) -> Iterator[bytes]:
    """A file as it is, and all that it holds where it is a table or a catalog."""
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield from map(_written, pq.read_table(path).to_batches(max_chunksize=10_000))
    elif path.suffix == ".arrow":
        with pa.OSFile(str(path)) as file:
            yield from map(_written, pa.ipc.open_stream(file).read_all().to_batches())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()")
            for schema, name in tables.fetchall():
                rows = connection.execute(f'SELECT * FROM {schema}."{name}"').fetchall()
                yield repr(rows).encode()


def _written(batch: pa.RecordBatch) -> bytes:
    """All texts and bytes of a batch, one after the other; what JSON escapes is written out too."""
    values: list[bytes] = []
    _collect(batch.to_pylist(), values)
    whole = b"\n".join(values)
    return whole + b"\n" + whole.replace(b"\\n", b"\n").replace(b'\\"', b'"')


def _collect(value: Any, values: list[bytes]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            values.append(str(key).encode())
            _collect(inner, values)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, values)
    elif isinstance(value, bytes):
        values.append(value)
    elif value is not None:
        values.append(str(value).encode("utf-8", "surrogatepass"))
