"""Dropping records whose prompt another dataset keeps for its evaluation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

import orjson
import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.decision import EXCLUDED_PROMPT, EXCLUDED_PROMPT_NEAR
from curate.neardup import Banding, Shingling, parts_of
from curate.neardup.compiling import kernel
from curate.neardup.finding import Looked, facts, find
from curate.neardup.joining import Way
from curate.selection import Gathered, SelectionOperator
from curate.setting_types import Names
from curate.signals.prompts import prompts_of

COMMON: Final = 0.05
"""The share of records from which n-grams are boiler-plate, as `near_dedup` has it."""


class ExcludePrompts(SelectionOperator):
    """Drop records whose prompt stands in another dataset, such as the eval split of preferences.

    A model that learned an answer to a prompt is no longer tested by it. Prompts are equal where
    case, compatibility forms and white space alone differ; near-duplicates of them go too. Of a
    conversation every prompt that it trains an answer to counts, not the last one alone.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "exclude_prompts"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)
    compares: ClassVar[bool] = True

    other: Names = Field(alias="against", min_length=1)
    """Whose prompts are excluded: REFs such as `preferences:eval`, or paths relative to the
    recipe. They are the prompts before the response, and the chosen and rejected answers."""
    threshold: float = Field(default=0.8, ge=0.1, le=1)
    """The Jaccard similarity of word 5-grams from which a record's prompt is a near-duplicate of
    another's, as `near_dedup` and `curate leaks` have it."""

    @field_validator("other")
    @classmethod
    def _others_differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands there twice; name each dataset once")
        return names

    def against(self) -> Sequence[str]:
        """The datasets and files whose prompts are excluded."""
        return self.other

    def facts_fingerprint(self) -> str:
        """What makes the facts: neither the threshold itself nor what it compares with."""
        return self._digest_of({"cut": [*Shingling(), *self._banding]})

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled."""
        kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`prompt` and `earlier` (`signals.prompts`), and what `neardup.finding` keeps of it."""
        prompts = prompts_of(batch)
        nothing = pa.nulls(len(batch), pa.float64())
        near = facts(parts_of(batch, ("prompt",)), nothing, Shingling(), self._banding)
        columns = {"prompt": prompts.own, "earlier": prompts.earlier}
        return pa.RecordBatch.from_pydict(
            columns | dict(zip(near.schema.names, near.columns, strict=True))
        )

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`near_prompts`: the near-duplicates."""
        way = Way(self.threshold, chaining=False, own=False)
        looked = Looked(("prompt",), Shingling(), self._banding, way, "lowest-id", COMMON)
        return {"near_prompts": find(gathered, looked)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what has a prompt of `others`, then what has a prompt near to one."""
        return f"""
            WITH excluded AS (
                SELECT prompt, min(id) AS "of" FROM others WHERE prompt IS NOT NULL GROUP BY prompt
            ), equal AS (
                SELECT a.id, a.copy, min(e."of") AS "of" FROM ({ANSWERED}) a
                JOIN excluded e ON e.prompt = a.prompt GROUP BY a.id, a.copy
            )
            SELECT id, copy, 'drop' AS action, '{EXCLUDED_PROMPT}' AS rule, "of",
                NULL::VARCHAR AS value, NULL::VARCHAR AS "limit" FROM equal
            UNION ALL
            SELECT n.id, n.copy, 'drop', '{EXCLUDED_PROMPT_NEAR}', n."of",
                to_json(round(n.similarity, 4))::VARCHAR,
                '{orjson.dumps(self.threshold).decode()}'
            FROM near_prompts n ANTI JOIN equal USING (id, copy)
        """

    def notes(self, gathered: Gathered) -> Sequence[str]:
        """What was dropped for what, and how surely near-duplicates are found."""
        told = self.certificate(gathered)
        with_prompt = ", ".join(
            f"{one['name']} ({one['prompts']:,} prompts)" for one in told["against"]
        )
        banding = self._banding
        return [
            f"{told['equal']:,} records have a prompt of {with_prompt}, and {told['near']:,} one "
            f"near to it, from a similarity of {self.threshold:g}",
            f"{banding.bands} bands of {banding.rows} MinHash values find "
            f"{banding.probability(self.threshold):.1%} of the pairs at it; each is verified",
        ]

    def certificate(self, gathered: Gathered) -> Mapping[str, Any]:
        """What was excluded; `holds` where no record is left with a prompt that is."""
        rules = gathered.table("SELECT rule, count(*) AS n FROM chosen GROUP BY rule").to_pylist()
        dropped = {row["rule"]: row["n"] for row in rules}
        prompts = gathered.table(
            "SELECT reference, count(DISTINCT prompt) AS n FROM others GROUP BY reference"
        ).to_pylist()
        known = {row["reference"]: row["n"] for row in prompts}
        left = gathered.table(
            f"SELECT 1 FROM ({ANSWERED}) ANTI JOIN chosen USING (id, copy) "
            "SEMI JOIN others USING (prompt) LIMIT 1"
        )
        return {
            "kind": "prompts-apart",
            "holds": not len(left),
            "against": [
                {"name": one.name, "digest": one.digest, "prompts": known.get(one.name, 0)}
                for one in self.references
            ],
            "threshold": self.threshold,
            "equal": dropped.get(EXCLUDED_PROMPT, 0),
            "near": dropped.get(EXCLUDED_PROMPT_NEAR, 0),
        }

    @property
    def _banding(self) -> Banding:
        return Banding.for_threshold(self.threshold)


ANSWERED: Final = """
    SELECT id, copy, prompt FROM facts WHERE prompt IS NOT NULL
    UNION ALL SELECT id, copy, unnest(earlier) AS prompt FROM facts
"""
"""Every prompt of each record, a row each."""
