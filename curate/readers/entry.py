"""What a file format yields, record by record."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One record of a file, as plain Python values, or the reason why it is none."""

    line: int
    """From 1; the index from 1 in JSON arrays and columnar files."""
    value: dict[str, Any] | None
    raw: bytes | None
    """The bytes as they stand in the file; None for columnar files."""
    problem: str | None = None
