"""Selections: operators that choose among all records of a build.

Facts are taken of each record alone, as functions of its id, source and content (there `file`,
`line` and `split` are null), and are kept. Then one query over the facts of all decides; what SQL
cannot find out, such as which records are alike, is found before it.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple, Protocol, Self

import pyarrow as pa
from pydantic import PrivateAttr

from curate.operator import Operator, StepKind
from curate.scores import Wanted

TRAINED: Final = "coalesce(split, 'train') NOT IN ('eval', 'test')"
"""Of `facts`, the records that a model may learn from."""


class Reference(NamedTuple):
    """Records that a selection compares with and never decides on: a suite, another dataset."""

    name: str
    """As the recipe says it: a path, or a REF."""
    digest: str
    """What is in it, as hex digits; equal records in equal files have an equal one."""
    load: Callable[[Sequence[str] | None], Iterator[pa.RecordBatch]]
    """Its records in the schema `record.WORKING`, or the named columns of them."""


class Gathered(Protocol):
    """The facts of all records, and their contents."""

    def table(self, query: str, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """The answer to a SELECT over `facts` and `others`, and tables that are given by name.

        The `split` of `facts` is null until a step gives one: such records are for training.
        After the decision it may use `chosen`, `cuts` and `labelled` where there are some.
        """

    def contents(self, hashes: pa.Array) -> Iterator[pa.RecordBatch]:
        """Contents by hash, each once, in any order (schema `record.WORKING`; `id` is null)."""


class Given(NamedTuple):
    """Scores that a selection gives to the steps behind it."""

    fingerprint: str
    """What makes the values: with it each is a function of its text, as those of signals are."""
    values: Mapping[str, pa.Table]
    """By signal: `hash` (of the text) and `value`, of every text of the records that are there."""


class SelectionOperator(Operator):
    """Chooses among all records: facts are taken from batches, then one query decides."""

    kind: ClassVar[StepKind] = "selection"
    compares: ClassVar[bool] = False
    """Whether facts are taken of the records of its references too, for the table `others`."""

    _references: tuple[Reference, ...] = PrivateAttr(default=())

    @property
    def references(self) -> tuple[Reference, ...]:
        """What it compares with, in the order of `against`; none before the build has read it."""
        return self._references

    def against(self) -> Sequence[str]:
        """What it compares with: paths relative to the recipe, or REFs."""
        return ()

    def with_references(self, references: Sequence[Reference]) -> Self:
        """The same selection, with what it compares with at hand."""
        copy = self.model_copy()
        copy._references = tuple(references)
        return copy

    def fingerprint(self) -> str:
        """What makes the answers: as of every operator, and what it compares with."""
        own = super().fingerprint()
        return own if not self._references else self._with_digests(own)

    def facts_fingerprint(self) -> str:
        """What makes the facts; the references do unless it only `compares` with them."""
        return super().fingerprint() if self.compares else self.fingerprint()

    def _with_digests(self, own: str) -> str:
        return self._digest_of({"own": own, "references": [r.digest for r in self._references]})

    def prepare(self, say: Callable[[str], None]) -> None:
        """Make what workers would else make one by one, such as compiled code; `say` tells of it.

        It is called before facts of many records are taken.
        """

    @abstractmethod
    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """Return tens of bytes a record, row by row.

        The engine adds `id`, `copy`, `hash` (of the content) and `source`.
        """

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """Return tables that the query may use by their names."""
        return {}

    @abstractmethod
    def query(self, seed: int) -> str:
        """One SELECT over the table `facts` that returns columns of `decision.SELECTION`.

        It is given `facts(id, copy, hash, source, split, ref, ...)`, where it `compares`
        `others(reference, id, hash, source, ...)`, and the tables of `find`. It returns a row for
        each record that is not plainly kept; columns that it leaves out are null. Ties must break
        by lowest id.
        """

    def cuts(self, seed: int) -> str | None:  # noqa: ARG002
        """One SELECT of what is cut out of texts (`decision.CUT`); None where nothing is.

        It may use what `query` may. Stretches of one text may overlap; records that the query
        drops are not cut.
        """
        return None

    def labels(self, seed: int) -> str | None:  # noqa: ARG002
        """One SELECT of labels that records get (`decision.LABEL`); None where none does.

        It may use what `query` may. Several rows of a record and name have one value; records that
        the query drops get none.
        """
        return None

    def gives(self) -> Sequence[Wanted]:
        """The scores that it gives to the steps behind it, with the fields that they are of."""
        return ()

    def given(self) -> Given | None:
        """Return the values of what it `gives`, after `find`; None where there are none."""
        return None

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Return what was checked, as JSON, for the version's certificates: `kind` and `holds`."""
        return None

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """Return what the user should know of how it decided, a line each."""
        return ()
