"""Dropping records that say almost the same as another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import orjson
import pyarrow as pa
from pydantic import ConfigDict, Field, field_validator

from curate.fields import FIELDS
from curate.neardup import Banding, Shingling, parts_of
from curate.neardup.compiling import kernel
from curate.neardup.finding import Looked, facts, find
from curate.neardup.joining import Way
from curate.neardup.keeping import BySignal, Keep, measured
from curate.selection import Gathered, SelectionOperator
from curate.setting_types import Names, check_fields
from curate.signals import SIGNALS


class NearDedup(SelectionOperator):
    """Keep one of the records that say almost the same.

    Records are compared by the Jaccard similarity of their sets of word or character n-grams. Pairs
    are found by MinHash (`recall`), and every one is verified exactly on the sets.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "near_dedup"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("pyarrow",)
    compares: ClassVar[bool] = True

    threshold: float = Field(default=0.8, ge=0.1, le=1)
    """The Jaccard similarity from which two records are near-duplicates: 0.8 as for MassiveText
    (Rae et al. 2021, arXiv 2112.11446, appendix A1.1)."""
    fields: Names = ("all",)
    """What is compared: `all`, or fields such as `prompt` and `response`. Each is compared only
    with its like: an answer with no prompt, a chosen ending with no rejected one."""
    unit: Literal["words", "characters"] = "words"
    """What the n-grams are of. Case, compatibility forms (NFKC), white space, and punctuation at
    the edges of words make no difference."""
    ngram: int = Field(default=5, ge=1, le=100)
    """How many units make an n-gram: five words as in FineWeb (Penedo et al. 2024, arXiv
    2406.17557); for characters, 24 as in NeMo Curator are about as long."""
    recall: Annotated[float, Field(ge=0.5, le=0.9999)] = 0.99
    """The share of pairs just at the threshold that must be found; more similar ones are found more
    surely."""
    chaining: bool = False
    """Whether records that only others connect are duplicates too, as with FineWeb's clusters. Else
    a record is dropped only where one that is kept reaches the threshold with it."""
    keep: Keep = "longest"
    """Which record is kept: `longest` or `shortest` (by the characters compared), `lowest-id`,
    `{signal: NAME, highest: true}`, or `{sources: [a, b]}`; ties by the lowest id."""
    boilerplate: float = Field(default=0.05, ge=0, le=1)
    """N-grams that more than this share of the records in question have (and at least 100 of them)
    are boiler-plate: a pair must reach the threshold with and without them. 0 turns it off. 0.05 is
    measured on Toolformer data with ten templates: `curate.neardup.boilerplate`."""
    compared: Names = Field(default=(), alias="against")
    """Files or REFs whose records are compared with, and always kept: what is like them goes."""

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        if not names:
            raise ValueError(f"at least one field must be compared, of {', '.join(FIELDS)}")
        if "all" in names and len(names) > 1:
            raise ValueError("`all` stands alone, since it holds every other field")
        return names

    @property
    def banding(self) -> Banding:
        """The bands that find `recall` of the pairs at the threshold."""
        return Banding.for_threshold(self.threshold, self.recall)

    @property
    def shingling(self) -> Shingling:
        """How records are cut."""
        return Shingling(self.unit, self.ngram)

    def against(self) -> Sequence[str]:
        """What it compares with."""
        return self.compared

    def files(self) -> Sequence[bytes]:
        """What makes the values of the signal that orders records."""
        return (SIGNALS[self.keep.signal].key.encode(),) if isinstance(self.keep, BySignal) else ()

    def facts_fingerprint(self) -> str:
        """What makes the facts: not the threshold itself, nor how it is decided."""
        keep = self.keep
        by = keep if isinstance(keep, str) else keep.model_dump(include={"signal", "field"})
        cut = [*self.shingling, *self.banding]
        return self._digest_of({"fields": self.fields, "cut": cut, "by": by})

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled."""
        kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """What `curate.neardup.finding.facts` keeps of each record."""
        parts = parts_of(batch, self.fields)
        return facts(parts, measured(self.keep, batch, parts), self.shingling, self.banding)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:  # noqa: ARG002
        """`near_duplicates`: what is dropped, and for which record."""
        way = Way(self.threshold, self.chaining)
        looked = Looked(self.fields, self.shingling, self.banding, way, self.keep, self.boilerplate)
        return {"near_duplicates": find(gathered, looked)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what was found; a record that only others connect has a rule of its own."""
        return f"""
            SELECT id, copy, 'drop' AS action, "of",
                CASE WHEN reached THEN 'near-duplicate' ELSE 'near-duplicate-chained' END AS rule,
                to_json(round(similarity, 4))::VARCHAR AS value,
                '{orjson.dumps(self.threshold).decode()}' AS "limit"
            FROM near_duplicates
        """

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """The bands, and how likely pairs are found by them."""
        banding = self.banding
        found = banding.probability(self.threshold)
        return (
            f"{banding.bands} bands of {banding.rows} MinHash values find {found:.1%} of the pairs "
            f"at a similarity of {self.threshold:g}, and half of those at {banding.even():.2f}; "
            "each is verified exactly",
        )
