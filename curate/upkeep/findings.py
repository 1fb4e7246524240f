"""What `verify` found: every damaged thing by its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EXAMPLES = 10
"""How many ids or hashes stand with a finding."""

Kind = Literal[
    "account",
    "catalog",
    "chain",
    "checksum",
    "content",
    "missing",
    "missing-content",
    "rows",
    "signals",
    "size",
    "snapshot",
    "stream",
    "tag",
    "texts",
    "unreadable",
]
"""`missing`, `size`, `checksum`, `rows` and `unreadable` are of a file; `content` are payloads that
are not what their hash says; `missing-content` are members without a payload."""


@dataclass(frozen=True)
class Finding:
    """One damaged thing."""

    kind: Kind
    where: str
    """A file inside the store, or the REF of a version."""
    what: str
    versions: tuple[str, ...] = ()
    """The versions that it hits."""
    records: int = 0
    """How many records or rows it hits; 0 where that is not known."""
    examples: tuple[str, ...] = ()
    """The first ids of them (of payloads that no version holds, hashes)."""


@dataclass(frozen=True)
class Report:
    """What a check of a store saw."""

    deep: bool
    files: int
    bytes: int
    versions: int
    payloads: int
    findings: tuple[Finding, ...]
    erased: Mapping[str, int] = field(default_factory=dict)
    """Members whose contents were erased on purpose, by version; versions without any are left
    out."""
    leftovers: tuple[str, ...] = ()
    """Files that the catalog does not name: no damage, and gone after the next build or gc."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged."""
        return not self.findings
