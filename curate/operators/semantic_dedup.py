"""Dropping records that mean the same as another."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.fields import TURN_SEPARATOR, field_texts
from curate.models.embedding import embed, loaded, require
from curate.models.embedding_files import EmbeddingFiles, find_embedding
from curate.models.vectors import column_of
from curate.neardup import parts_of
from curate.neardup.keeping import BySignal, Keep, measured, ranks
from curate.scores import Wanted
from curate.selection import Gathered, SelectionOperator
from curate.semantic.finding import (
    NOTHING,
    WANTED,
    Found,
    Method,
    by_clusters,
    neighbours,
)
from curate.semantic.semdedup import PER_CLUSTER
from curate.semantic.stored import WANTED as WANTED_VECTORS
from curate.semantic.stored import stored_vectors
from curate.setting_types import Names, check_texts
from curate.signals import SIGNALS


class SemanticDedup(SelectionOperator):
    """Keep one of the records that mean the same, by the cosine of their embeddings.

    What an embedding does not see makes no difference: most models see little of numbers, names and
    negation, so that look at what goes (`curate diff`, `curate why`) before a threshold is trusted.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "semantic_dedup"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("model2vec", "numpy", "sentence-transformers", "tokenizers", "usearch"),
    )
    compares: ClassVar[bool] = True

    model: str | None = None
    """An embedding model of model2vec or sentence-transformers: a folder, relative to the recipe,
    or the id of one on the Hub. Without it the vectors of a step `embedding` before are used."""
    threshold: float = Field(default=0.9, gt=0, le=1)
    """The cosine from which two records mean the same: 0.9 as for DEITA (Liu et al. 2023, arXiv
    2312.15685, section 2.3). It means something else with each model: the build tells how many
    records go at others."""
    fields: Names = ("prompt", "response", "text")
    """What is embedded, as one text: those of the fields that a record has."""
    method: Method = "neighbours"
    """`neighbours` compares every record with all that are kept; `semdedup` is SemDeDup (Abbas et
    al. 2023, arXiv 2303.09540) with an epsilon of 1 - threshold: within clusters only, chaining."""
    keep: Keep = "longest"
    """Which record is kept: `longest` or `shortest` (by the characters of the fields), `lowest-id`,
    `{signal: NAME, highest: true}`, or `{sources: [a, b]}`; ties by the lowest id. SemDeDup keeps
    the one that is least similar to its centroid instead."""
    clusters: int | None = Field(default=None, ge=1)
    """How many clusters SemDeDup makes; one for every 8,800 records as in its paper by default."""
    max_tokens: int = Field(default=512, ge=8)
    """What comes behind so many tokens is not looked at; nor what the model itself cuts off."""
    exact_up_to: int = Field(default=200_000, ge=0)
    """Up to so many records each is compared with all others; of more, an index finds candidates,
    and the build tells how well. About here the two take the same time (256 dimensions)."""
    compared: Names = Field(default=(), alias="against")
    """Files or REFs whose records are compared with, and always kept: what is like them goes."""

    _found: EmbeddingFiles | None = PrivateAttr(default=None)
    _decided: Found | None = PrivateAttr(default=None)

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "embedded")
        return names

    @model_validator(mode="after")
    def _settings_go_together(self) -> Self:
        if self.method == "semdedup":
            if self.compared:
                raise ValueError(
                    "`against` is for the method neighbours: SemDeDup has no such part"
                )
            if self.keep != "longest":
                raise ValueError("`keep` is for the method neighbours: semdedup has its own way")
        elif self.clusters is not None:
            raise ValueError("`clusters` is for the method semdedup")
        return self

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        if self.model is None:
            if self.compared:
                raise ValueError("`against` needs a `model`: no step embeds what it names")
            return self
        self._found = find_embedding(self.model, (info.context or {}).get("base", Path()))
        require(self._found, "step semantic_dedup")
        return self

    @field_serializer("model", when_used="json")
    def _name_without_path(self, name: str | None) -> str | None:
        """A path is no part of what is computed: the model's files are."""
        if self._found is None:
            return None
        files = self._found.files
        return name if files.revision else f"sha256:{files.hash[:16]}"

    def files(self) -> Sequence[bytes]:
        """A hash over the model's files, and what makes the values of the signal of `keep`."""
        own = [] if self._found is None else [self._found.files.hash.encode()]
        if isinstance(self.keep, BySignal):
            own.append(SIGNALS[self.keep.signal].key.encode())
        return own

    def wants(self) -> Sequence[Wanted]:
        """The vectors of a step `embedding`, where no model is named."""
        return () if self._found is not None else WANTED_VECTORS

    def against(self) -> Sequence[str]:
        """What it compares with."""
        return self.compared

    def facts_fingerprint(self) -> str:
        """Model, fields and cut: nothing is embedded again for another threshold or keeper."""
        model = None if self._found is None else self._found.files.hash
        made_of = {"model": model, "fields": self.fields, "cut": self.max_tokens}
        return self.model_copy(update={"keep": "longest"})._digest_of(made_of)

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without the model's name: the same one in another folder gives the same answers."""
        return super()._digest_of({k: v for k, v in settings.items() if k != "model"})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`vector` (`models.vectors.column_of`; null without text) and `characters`."""
        characters = pa.array(parts_of(batch, self.fields).characters().astype(np.float64))
        names = ["vector", "characters"]
        if self._found is None:
            return pa.RecordBatch.from_arrays([stored_vectors(batch), characters], names)
        texts = _joined([field_texts(batch, name) for name in self.fields])
        there = np.flatnonzero(pc.greater(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False))
        made = embed(self._found, texts.take(pa.array(there)).to_pylist(), self.max_tokens)
        vectors = np.zeros((len(batch), made.shape[1]), np.int16)
        vectors[there] = made
        return pa.RecordBatch.from_arrays([column_of(vectors), characters], names)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`semantic_duplicates`: what is dropped, and for which record."""
        records = gathered.table(WANTED)
        if not len(records):
            self._decided = NOTHING
        elif self.method == "semdedup":
            clusters = self.clusters or ceil(len(records) / PER_CLUSTER)
            self._decided = by_clusters(records, self.threshold, clusters, seed)
        else:
            order = ranks(self.keep, self._measured(records, gathered))
            self._decided = neighbours(records, order, self.threshold, self.exact_up_to)
        return {"semantic_duplicates": self._decided.table}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what was found."""
        return f"""
            SELECT id, copy, 'drop' AS action, "of", 'semantic-duplicate' AS rule,
                to_json(round(similarity, 4))::VARCHAR AS value,
                '{orjson.dumps(self.threshold).decode()}' AS "limit"
            FROM semantic_duplicates
        """

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """The model and the method, and how many records go at other thresholds."""
        if self._decided is None or not self._decided.curve:
            return ()
        how = f"method {self.method}, {self._decided.how}"
        if self._found is None:
            made = f"vectors of step {self.scores[0].step}"
        else:
            device = loaded(self._found, self.max_tokens).device
            cut = f"texts cut at {self.max_tokens} tokens"
            made = f"{self._found.described()} on {device}, {cut}"
        return (
            f"{made}; {how}",
            *self._decided.told(),
        )

    def _measured(self, records: pa.Table, gathered: Gathered) -> pa.Table:
        """The records with what `keep` needs to know of them."""
        place = records.schema.get_field_index("measured")
        if self.keep == "lowest-id":
            return records.set_column(place, "measured", pa.nulls(len(records), pa.float64()))
        if not isinstance(self.keep, BySignal):
            return records
        hashes, values = [], []
        for batch in gathered.contents(records["hash"].combine_chunks()):
            hashes.append(batch.column("hash").cast(pa.binary()))
            values.append(measured(self.keep, batch, parts_of(batch, self.fields)))
        rows = pc.index_in(records["hash"].cast(pa.binary()), pa.concat_arrays(hashes))
        column = pa.concat_arrays(values).take(rows.combine_chunks())
        return records.set_column(place, "measured", column)


def _joined(texts: Sequence[pa.StringArray]) -> pa.StringArray:
    """The texts of each record as one, without those that are null."""
    return pc.binary_join_element_wise(*texts, TURN_SEPARATOR, null_handling="skip")
