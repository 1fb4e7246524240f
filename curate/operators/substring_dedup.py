"""Cutting passages that another record has, word for word."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.fields import FIELDS
from curate.selection import Gathered, SelectionOperator
from curate.setting_types import Names, check_fields
from curate.substrings import Passages, Search, Winnowing, Words
from curate.substrings.compiling import kernel

RULE: Final = "substring-duplicate"


class SubstringDedup(SelectionOperator):
    """Cut passages out of texts that a record before has too, word for word.

    Of all records with the passage the first keeps it: the one with the lowest id, or one that is
    compared with. A record of which a text would be left without any word is dropped, and nothing
    is cut of others for what it has. What is repeated within one record stays.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "substring_dedup"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)
    compares: ClassVar[bool] = True

    words: int = Field(default=50, ge=10, le=10_000)
    """How many words a passage must have. Lee et al. 2022 (arXiv 2107.06499, section 4.1) take 50
    tokens of byte-pair encoding; these are words as `scan` has them, about a third longer, and
    single characters in scripts without spaces (Han, Thai)."""
    fields: Names = ("response", "text")
    """Where passages are cut. By default not in prompts: a system prompt or a template that many
    records share is meant to be there, and without it they would no longer make sense."""
    compared: Names = Field(default=(), alias="against")
    """Files or REFs whose records are compared with, and never cut: what they have goes."""

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        if not names:
            raise ValueError(f"at least one field must be looked at, of {', '.join(FIELDS)}")
        return names

    def against(self) -> Sequence[str]:
        """What it compares with."""
        return self.compared

    def facts_fingerprint(self) -> str:
        """What makes the facts: not what they are compared with."""
        return self._digest_of({"fields": self.fields, "words": self.words})

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled."""
        kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """The fingerprints of each record, and how many words its texts and its long ones have."""
        passages = Passages.of(batch, self.fields)
        found = Words.of(passages.texts)
        prints, stops = Winnowing.for_passages(self.words).prints(found.hashes, found.ends)
        counts = found.counts
        long = np.where(counts >= self.words, counts, 0)
        each = np.diff(stops, prepend=0)
        ends = np.cumsum(np.bincount(passages.rows, each, len(batch)), dtype=np.int64)
        offsets = pa.array(np.concatenate([[0], ends]).astype(np.int32))
        columns = [
            pa.ListArray.from_arrays(offsets, pa.array(prints)),
            *(
                pa.array(np.bincount(passages.rows, part, len(batch)).astype(np.int32))
                for part in (counts, long)
            ),
        ]
        return pa.RecordBatch.from_arrays(columns, ["prints", "words", "long"])

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """The contents that are `lost`, and the `stretches` that are cut out of others."""
        found = Search(gathered, self.fields, self.words).run()
        return {"lost": found.lost, "stretches": found.cuts}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what is lost, and of equal contents with a long text all but the first."""
        return f"""
            WITH known AS (
                SELECT hash, min(id) AS keeper FROM others WHERE long > 0 GROUP BY hash
            ), twins AS (
                SELECT id, copy, hash, long / words AS share, row_number() OVER twin AS place,
                    first_value(id) OVER twin AS keeper
                FROM facts WHERE long > 0 WINDOW twin AS (PARTITION BY hash ORDER BY id, copy)
            )
            SELECT t.id, t.copy, 'drop' AS action, '{RULE}' AS rule,
                coalesce(l.of, k.keeper, t.keeper) AS "of",
                round(coalesce(l.share, t.share), 4)::VARCHAR AS value
            FROM twins t LEFT JOIN known k ON k.hash = t.hash LEFT JOIN lost l ON l.hash = t.hash
            WHERE t.place > 1 OR k.hash IS NOT NULL OR l.hash IS NOT NULL
        """

    def cuts(self, seed: int) -> str:  # noqa: ARG002
        """The stretches, with how many words each has."""
        return (
            f"SELECT f.id, f.copy, s.field, s.start, s.\"end\", '{RULE}' AS rule, s.words "
            "FROM stretches s JOIN facts f ON f.hash = s.hash"
        )

    def notes(self, gathered: Gathered) -> Sequence[str]:
        """How much was cut."""
        (row,) = gathered.table(
            "SELECT count(*) AS spans, coalesce(sum(words), 0)::BIGINT AS words, "
            "count(DISTINCT (c.id, c.copy)) AS records FROM cuts c ANTI JOIN "
            "(SELECT id, copy FROM chosen WHERE action = 'drop') USING (id, copy)"
        ).to_pylist()
        passages = "passage" if row["spans"] == 1 else "passages"
        records = "record" if row["records"] == 1 else "records"
        return (
            f"{row['spans']:,} {passages} of {row['words']:,} words together cut out of "
            f"{row['records']:,} {records}",
        )
