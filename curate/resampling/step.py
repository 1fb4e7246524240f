"""What the steps have in common that run a sampler of imbalanced-learn."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from curate.errors import RefusedError
from curate.mixing.choosing import Numbers, Slice
from curate.mixing.report import document, lines, told_slices
from curate.mixing.slicing import Slicing
from curate.mixing.step import Bins
from curate.models.vectors import vectors_of
from curate.resampling.samplers import (
    OverSampler,
    Sampler,
    Sampling,
    UnfitError,
    require,
)
from curate.resampling.space import Space, texts_of, tfidf
from curate.scores import Wanted
from curate.selection import Gathered, SelectionOperator
from curate.semantic.cosine import unit
from curate.semantic.stored import WANTED as VECTORS
from curate.semantic.stored import stored_vectors
from curate.setting_types import MeasuredField, Names, check_texts, listed

Strategy = (
    Literal["auto", "majority", "minority", "not majority", "not minority", "all"]
    | dict[str, Annotated[int, Field(ge=0)]]
    | Annotated[tuple[str, ...], BeforeValidator(listed)]
)


class SamplerStep(SelectionOperator):
    """A sampler sees each record as its words or as its embedding."""

    depends: ClassVar[tuple[str, ...]] = ("imbalanced-learn", "numpy", "scikit-learn", "scipy")

    by: str
    """What slices are made by: a label such as `labels.intent`, or whatever `balance` takes."""
    sampler: Sampler | OverSampler
    """A class of imbalanced-learn."""
    strategy: Strategy = "auto"
    """Its `sampling_strategy`: which slices are resampled (by default all but the smallest, or to
    make more all but the largest), by name, or `{SLICE: records}`."""
    options: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """Its other parameters, such as `{version: 3}` of NearMiss; its own defaults otherwise."""
    space: Space = "tfidf"
    """In which it finds neighbours: words and pairs of words by TF-IDF, or what a step `embedding`
    before has stored."""
    fields: Names = ("prompt", "text")
    """Whose words TF-IDF counts: those of the fields that a record has."""
    field: MeasuredField = "response"
    """The field on which a signal that slices are made by is measured."""
    bins: Bins = ()
    """Edges between slices, where `by` is a number, such as [100, 400]."""

    _slices: list[Slice] | None = PrivateAttr(default=None)

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "counted")
        return names

    @model_validator(mode="after")
    def _sampler_is_there(self) -> Self:
        require(f"step {self.name}")
        self._sampling.check()
        self._slicing.check()
        return self

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signal that slices are made by."""
        return self._slicing.signal_keys()

    def wants(self) -> Sequence[Wanted]:
        """The score that slices are made by, and vectors for the space of embeddings."""
        return [*self._slicing.wants(), *(VECTORS if self._looks_at_vectors else ())]

    def facts_fingerprint(self) -> str:
        """What makes the facts: another sampler takes none again."""
        made = {name: getattr(self, name) for name in ("by", "field", "bins")}
        return self._digest_of(made | {"vectors": self._looks_at_vectors})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`slice` of each record, and its `vector` in the space of embeddings."""
        columns = {"slice": self._slicing.of(batch).cast(pa.string())}
        if self._looks_at_vectors:
            columns["vector"] = stored_vectors(batch)
        return pa.RecordBatch.from_pydict(columns)

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """What came of each slice."""
        return () if self._slices is None else list(lines(self._named(), "records"))

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The same as JSON."""
        if self._slices is None:
            return None
        return document(self._named(), "records") | {"sampler": self.sampler}

    def _named(self) -> list[Slice]:
        return told_slices(self._slices or [], self.by)

    def _seen(self, records: pa.Table) -> pa.Table:
        """The records that can be told apart: those with a vector, where vectors are compared."""
        if not self._looks_at_vectors:
            return records
        return records.filter(pc.is_valid(records["vector"]))

    def _features(self, gathered: Gathered, records: pa.Table) -> Any:
        """A row for each record; UnfitError where there is none."""
        if not len(records):
            raise UnfitError(f"no record to learn from has a value of {self.by}")
        if self._looks_at_vectors:
            return unit(vectors_of(records["vector"]))
        return tfidf(texts_of(gathered, records["hash"].combine_chunks(), self.fields))

    def _refused(self, slices: pa.ChunkedArray, error: UnfitError) -> RefusedError:
        counted = pc.value_counts(slices).to_pylist()
        sizes = ", ".join(f"{each['values']} {each['counts']:,}" for each in counted[:10])
        return RefusedError(
            f"step {self.name} by {self.by}",
            f"{self.sampler} cannot be run: {error}",
            f"The slices are: {sizes or 'none'}; see `strategy` and `options`",
        )

    @property
    def _looks_at_vectors(self) -> bool:
        return self.space == "embedding"

    @property
    def _sampling(self) -> Sampling:
        return Sampling(self.sampler, self.strategy, self.options)

    @property
    def _slicing(self) -> Slicing:
        return Slicing(self.by, self.field, self.bins)


def told(slices: pa.ChunkedArray, times: Numbers) -> list[Slice]:
    """What came and what is left of each slice."""
    names = slices.combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy()
    found = []
    for code, name in enumerate(names.dictionary.to_pylist()):
        own = times[codes == code]
        kept, got = int((own > 0).sum()), float(own.sum())
        most = int(own.max(initial=0))
        found.append(Slice(name, len(own), float(len(own)), None, kept, got, most))
    return sorted(found)
