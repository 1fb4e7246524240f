"""Expansions: operators that make new records of records, each with its parent.

They are given records that a model may learn from, each alone: `id`, `source` and content (where
`file`, `line` and `split` are null). What comes of a record must depend on that and on the seed, so
that it is asked for once. They return contents; what is new of them, who is whose child, that a
child stays on its parent's side, and that none says what another record says is the engine's work
(docs/format.md, "Expansions").
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

import pyarrow as pa

from curate.decision import FAILURE
from curate.hashing import digest
from curate.operator import Operator, StepKind
from curate.record import CONTENT

UNCHANGED: Final = "unchanged"
"""The rule by which a candidate goes that is its parent."""

DUPLICATE: Final = "duplicate"
"""The rule by which a candidate goes that says what another record says."""

_CHILD_ID: Final = b"curate.child.1"
_SEED: Final = b"curate.child.seed.1"
_SEED_BYTES: Final = 4


class Expanded(NamedTuple):
    """Candidates made of the rows of a batch, in any order."""

    contents: pa.RecordBatch
    """What each says (schema `record.CONTENT`)."""
    parents: Sequence[int]
    """The row that each was made of."""
    makers: Sequence[str]
    """What made each, such as the name of an augmenter."""
    ordinals: Sequence[int]
    """Tells apart those that one maker made of one row, from 0."""
    failures: pa.Table
    """What is wrong with some of them (schema `FAILURE`; `row` is the candidate): these are no
    records, and the ledger says why."""


class ExpansionOperator(Operator):
    """Makes new records of records."""

    kind: ClassVar[StepKind] = "expansion"

    @abstractmethod
    def expand(self, batch: pa.RecordBatch, seed: int) -> Expanded:
        """Return what comes of the records of a batch; nothing of most, as the case may be."""

    def slow(self) -> bool:
        """Whether it runs by itself in the process of the build, since a model has all cores."""
        return False

    def at_once(self) -> int:
        """How many records it is given at once: what comes of them is then kept."""
        return 10_000

    def notes(self) -> Sequence[str]:
        """What the manifest should say of how it made records, a line each."""
        return ()


def nothing() -> Expanded:
    """No candidates."""
    none = pa.RecordBatch.from_pylist([], schema=CONTENT)
    return Expanded(none, (), (), (), FAILURE.empty_table())


def child_id(parent: bytes, step: str, maker: str, ordinal: int) -> bytes:
    """Identity of a child (docs/format.md, "Expansions"): neither seed nor content is part of it.

    >>> child_id(bytes(16), "augment", "SynonymAug", 0).hex()[:8]
    '8db51da7'
    """
    return digest(_CHILD_ID, parent, step.encode(), maker.encode(), ordinal.to_bytes(8, "little"))


def seed_of(seed: int, record: bytes, maker: str, ordinal: int, path: str = "") -> int:
    """The seed of one text of a candidate, below 2^32: of the recipe's seed and the parent's id."""
    parts = (str(seed), maker, str(ordinal), path)
    made = digest(_SEED, record, *(part.encode() for part in parts))
    return int.from_bytes(made[:_SEED_BYTES], "little")
