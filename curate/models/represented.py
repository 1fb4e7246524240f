"""The base of the signal that a language model's hidden states are, and of what compares by it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from curate.fields import field_texts
from curate.models.chat import messages_for_template, tools_for_template
from curate.models.hidden_states import directions
from curate.models.likelihood import LikelihoodSignal
from curate.models.rendering import Renderer, RenderError
from curate.models.vectors import column_of
from curate.scores import Wanted, score_of
from curate.setting_types import Names, check_texts

FIELDS: Final = ("conversation", "text", "prompt", "response")

SIGNAL: Final = "hidden_state"

WANTED: Final = (
    Wanted(SIGNAL, "conversation", "vector"),
    Wanted(SIGNAL, "text", "vector"),
)
"""The scores of a record, which is a conversation or a document."""


class Represented(LikelihoodSignal):
    """Measures texts as directions of hidden states."""

    measured: Names = Field(default=("conversation", "text"), alias="fields")
    """The fields that are represented: `conversation`, or `text`, `prompt` and `response` as plain
    texts, without a template."""

    @field_validator("measured")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_texts(names, "represented", FIELDS)
        return names

    def fields(self) -> Sequence[str]:
        """The fields of the settings."""
        return self.measured

    def signals(self) -> Mapping[str, str]:
        """The one vector."""
        return {SIGNAL: "position-weighted mean of the last hidden states, in units of 1/16,384"}

    def vectors(self) -> frozenset[str]:
        """The one vector."""
        return frozenset({SIGNAL})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the vectors (`models.vectors`), null where a text has no tokens."""
        if not len(texts):
            return {SIGNAL: pa.array([], pa.binary())}
        renderer, limit = self.renderer(), self.limit()
        tokens = _tokens(texts, self.records(texts), renderer)
        found = directions(self.scorer(), [(ids or [])[:limit] for ids in tokens])
        counts = {
            "texts represented": sum(bool(ids) for ids in tokens),
            "without a token": sum(ids is not None and not ids for ids in tokens),
            "that the chat template refuses": sum(ids is None for ids in tokens),
            "cut": sum(len(ids or []) > limit for ids in tokens),
        }
        self.count(counts, renderer)
        return {SIGNAL: column_of(found)}

    def stored_or_made(self, batch: pa.RecordBatch) -> pa.Array:
        """The vector of each record, as a step before stored it; null where it has none.

        Where no record of the batch has a stored one, vectors are made here, as for records that no
        step before measures: those of a target. Stored and made ones are the same.
        """
        columns = [score_of(batch, one) for one in WANTED if one.column in batch.schema.names]
        stored = pc.coalesce(*columns) if columns else pa.nulls(len(batch), pa.binary())
        texts = pc.coalesce(*(field_texts(batch, one.field) for one in WANTED))
        if stored.null_count < len(batch) or texts.null_count == len(batch):
            return stored
        there = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
        made = self.measure(texts.take(pa.array(there)))[SIGNAL]
        places = np.full(len(batch), -1)
        places[there] = np.arange(len(there))
        return made.take(pa.array(places, mask=places < 0))


def _tokens(
    texts: pa.StringArray, records: Sequence[Mapping[str, Any] | None], renderer: Renderer
) -> list[list[int] | None]:
    """The tokens of each text; None where the template refuses a conversation."""
    written = [
        text if record is None else _written(record, renderer)
        for text, record in zip(texts.to_pylist(), records, strict=True)
    ]
    encoded = iter(renderer.encode([text for text in written if text is not None]))
    found = [None if text is None else next(encoded).ids for text in written]
    begin = renderer.tokenizer.bos_token_id
    return [
        [begin, *ids] if record is None and begin is not None and ids else ids
        for ids, record in zip(found, records, strict=True)
    ]


def _written(record: Mapping[str, Any], renderer: Renderer) -> str | None:
    try:
        messages = messages_for_template(record["messages"])
        return renderer.render(messages, tools_for_template(record["tools"]))
    except (RenderError, ValueError):  # ValueError: a document that spells calls that are no JSON
        return None
