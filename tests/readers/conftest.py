"""Reads small files that a test writes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from curate.readers import read, resolve
from curate.recipe.source import Source


class Outcome(NamedTuple):
    records: list[dict[str, Any]]
    bad: list[dict[str, Any]]

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.bad]


def collect(source: Source, base: Path, batch_size: int = 100) -> Outcome:
    """Everything that a source holds."""
    outcome = Outcome([], [])
    for file in resolve(source, base):
        for part in read(file, source, batch_size):
            outcome.records.extend(part.records.to_pylist())
            outcome.bad.extend(part.quarantine.to_pylist())
    return outcome


ReadBytes = Callable[..., Outcome]
ReadRecords = Callable[..., Outcome]


@pytest.fixture
def read_bytes(tmp_path: Path) -> ReadBytes:
    """Write one file and read it: `read_bytes("a.jsonl", b"...", map={...})`."""

    def reading(name: str, content: bytes, batch_size: int = 100, **settings: Any) -> Outcome:
        (tmp_path / name).write_bytes(content)
        return collect(Source(path=name, **settings), tmp_path, batch_size)

    return reading


@pytest.fixture
def read_records(read_bytes: ReadBytes) -> ReadRecords:
    """Write objects as JSON Lines and read them."""

    def reading(*records: dict[str, Any], **settings: Any) -> Outcome:
        return read_bytes("data.jsonl", b"\n".join(map(orjson.dumps, records)), **settings)

    return reading
