"""Dropping records that say the same as another."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from curate.fields import FIELDS, field_texts, leaves, with_texts
from curate.hashing import hash_batch, hash_texts
from curate.record import CONTENT, MESSAGE
from curate.selection import SelectionOperator
from curate.setting_types import Names, check_fields
from curate.signals.normal_form import USUAL, Form, normal_form

_BESIDE_TEXT = ("desirable", "labels", "meta", "license")
"""Content that two records of equal text may differ in."""


class ExactDedup(SelectionOperator):
    """Keep one of the records that say the same: the one with the lowest id.

    By default all that a record says counts: the turns of its messages and of its rejected ending
    with role, content, reasoning and tool calls, where its prompt ends, its tools, its document.
    Meta, licence and labels do not count; a drop whose labels, or whose `desirable`, are not the
    keeper's has the value "labels differ". A record without any text is nobody's duplicate.
    """

    name: ClassVar[str] = "exact_dedup"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)
    compares: ClassVar[bool] = True

    fields: Names = ("all",)
    """What is compared: `all`, or fields such as `prompt` and `response`."""
    normalise: tuple[Form, ...] = USUAL
    """What makes no difference: `nfkc` (compatibility forms), `case`, `whitespace`, `punctuation`;
    `true` for the first three, `false` for nothing."""
    other: Names = Field(default=(), alias="against")
    """Datasets (REFs) and files whose records are not said again: they are always the keepers."""

    @field_validator("normalise", mode="before")
    @classmethod
    def _as_forms(cls, forms: object) -> object:
        if isinstance(forms, bool):
            return USUAL if forms else ()
        return (forms,) if isinstance(forms, str) else _listed(forms)

    @field_validator("normalise")
    @classmethod
    def _sorted(cls, forms: tuple[Form, ...]) -> tuple[Form, ...]:
        return tuple(sorted(set(forms)))

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        if not names:
            raise ValueError(f"at least one field must be compared, of {', '.join(FIELDS)}")
        if "all" in names and len(names) > 1:
            raise ValueError("`all` stands alone, since it holds every other field")
        return names

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`key` (16 bytes, null without text) and `labels` (16 bytes) of each record."""
        said = self._all(batch) if self.fields == ("all",) else self._chosen(batch)
        nothing = pa.array(~_has_text(said))
        key = pc.if_else(nothing, pa.scalar(None, pa.binary(16)), hash_batch(said))
        return pa.RecordBatch.from_arrays([key, _labels_hash(batch)], ["key", "labels"])

    def against(self) -> Sequence[str]:
        """The datasets and files whose records are not said again."""
        return self.other

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop every record but the first of each key by (id, copy), and all that `others` has."""
        return """
            WITH known AS (
                SELECT key, min(id) AS keeper, arg_min(labels, id) AS keeper_labels
                FROM others WHERE key IS NOT NULL GROUP BY key
            ), said AS MATERIALIZED (
                SELECT id, copy, key, labels FROM facts WHERE key IS NOT NULL
            ), again AS (
                SELECT key FROM said GROUP BY key HAVING count(*) > 1
                UNION ALL SELECT key FROM known
            ), twins AS (
                SELECT id, copy, key, labels, row_number() OVER twin AS place,
                    first_value(id) OVER twin AS keeper,
                    first_value(labels) OVER twin AS keeper_labels
                FROM said SEMI JOIN again USING (key)
                WINDOW twin AS (PARTITION BY key ORDER BY id, copy)
            )
            SELECT t.id, t.copy, 'drop' AS action, 'exact-duplicate' AS rule,
                coalesce(k.keeper, t.keeper) AS "of",
                CASE WHEN t.labels <> coalesce(k.keeper_labels, t.keeper_labels)
                    THEN '"labels differ"' END AS value
            FROM twins t LEFT JOIN known k ON k.key = t.key
            WHERE t.place > 1 OR k.keeper IS NOT NULL
        """

    def _all(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        said = _without(batch, _BESIDE_TEXT)
        for leaf in leaves(said) if self.normalise else ():
            said = with_texts(said, leaf, normal_form(leaf.texts, self.normalise))
        for column in ("messages", "rejected"):
            said = _only_what_is_said(said, column)
        return said

    def _chosen(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch whose turns are the chosen fields; a field that is not there is a null turn."""
        texts = [field_texts(batch, name) for name in self.fields]
        if self.normalise:
            texts = [normal_form(text, self.normalise) for text in texts]
        count = len(texts)
        order = np.arange(len(batch) * count).reshape(count, len(batch)).T.ravel()
        content = pa.concat_arrays(texts).take(pa.array(order))
        turns = pa.StructArray.from_arrays(
            [
                content if part.name == "content" else pa.nulls(len(content), part.type)
                for part in MESSAGE
            ],
            fields=list(MESSAGE),
        )
        offsets = pa.array(np.arange(len(batch) + 1, dtype=np.int32) * count)
        messages = pa.ListArray.from_arrays(offsets, turns).cast(pa.list_(MESSAGE))
        columns = [
            messages if part.name == "messages" else pa.nulls(len(batch), part.type)
            for part in CONTENT
        ]
        return pa.RecordBatch.from_arrays(columns, schema=CONTENT)


def _listed(names: object) -> object:
    return tuple(names) if isinstance(names, list) else names


def _without(batch: pa.RecordBatch, names: tuple[str, ...]) -> pa.RecordBatch:
    """The content columns of a batch, some of them null."""
    columns = [
        pa.nulls(len(batch), part.type) if part.name in names else batch.column(part.name)
        for part in CONTENT
    ]
    return pa.RecordBatch.from_arrays(columns, schema=CONTENT)


def _labels_hash(batch: pa.RecordBatch) -> pa.Array:
    """16 bytes for `desirable` and the labels of each record; few differ, so each is made once."""
    wanted = pc.fill_null(batch.column("desirable").cast(pa.string()), "")
    joined = pc.binary_join_element_wise(wanted, pc.fill_null(batch.column("labels"), "{}"), " ")
    encoded = joined.dictionary_encode()
    return hash_texts(encoded.dictionary).take(encoded.indices)


def _only_what_is_said(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    """Leave out of each turn its name, the id of its tool call and whether it is trained on."""
    lists = batch.column(column)
    turns = lists.flatten()
    kept = ("role", "content", "reasoning", "tool_calls")
    parts = [
        pc.struct_field(turns, [place]) if part.name in kept else pa.nulls(len(turns), part.type)
        for place, part in enumerate(MESSAGE)
    ]
    values = pa.StructArray.from_arrays(parts, fields=list(MESSAGE))
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.zeros(len(lists) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    rebuilt = pa.ListArray.from_arrays(pa.array(offsets), values, mask=pc.is_null(lists))
    place = batch.schema.get_field_index(column)
    return batch.set_column(place, batch.schema.field(place), rebuilt.cast(pa.list_(MESSAGE)))


def _has_text(batch: pa.RecordBatch) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether any content or tool call of a record is not empty."""
    found = np.zeros(len(batch), np.bool_)
    text = pc.fill_null(pc.not_equal(batch.column("text"), ""), False)
    found |= text.to_numpy(zero_copy_only=False)
    for column in ("messages", "rejected"):
        lists = batch.column(column)
        turns = lists.flatten()
        lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
        rows = np.repeat(np.arange(len(batch)), lengths)
        for part in ("content", "reasoning", "tool_calls"):
            values = pc.struct_field(turns, [MESSAGE.get_field_index(part)])
            filled = pc.fill_null(pc.not_equal(values, ""), False)
            found[rows[filled.to_numpy(zero_copy_only=False)]] = True
    return found
