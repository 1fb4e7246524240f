"""New records of records: texts changed so that a classifier is wrong about them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self, TypeGuard

import pyarrow as pa
from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.attacks.only_texts import OnlyText, only_texts, with_changed
from curate.attacks.recipe import AttackRecipe
from curate.attacks.recipes import attack_of
from curate.attacks.running import LEAST_QUERIES, Attacker, Budget
from curate.attacks.target import FolderTarget, Target, target_of
from curate.augmenting.protecting import KINDS, Kind, protected
from curate.decision import FAILURE
from curate.errors import MissingExtraError
from curate.expansion import Expanded, ExpansionOperator, nothing, seed_of
from curate.fields import leaves
from curate.mixing.slicing import NONE, Slicing
from curate.operator import installed_version
from curate.record import CONTENT
from curate.setting_types import Names, check_fields, listed
from curate.synthetic import parents_of

RECORDS_AT_ONCE: Final = 50
"""Between two reports of progress, and at most lost when a build is killed."""

_CHOICE: Final = "chosen"
_SEEDS: Final = 1 << 32

_READY: Final[dict[str, Attacker]] = {}
"""The attack that was last put together, by the fingerprint of its step."""


def _named(given: object) -> object:
    """A name is an attack without settings."""
    if isinstance(given, str):
        return {given: {}}
    if isinstance(given, dict):
        return {name: {} if own is None else own for name, own in given.items()}
    return given


class Attack(ExpansionOperator):
    """Make records whose text fools a classifier that is right about their parents.

    The text is changed little, by a recipe of TextAttack, and the label stays: to learn from such
    records makes a classifier harder to fool. Records that are synthetic are not attacked, nor are
    those with several texts in the fields. `curate attack` says how often a classifier is fooled.
    """

    name: ClassVar[str] = "attack"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("model2vec", "numpy", "pyarrow", "textattack", "tokenizers", "torch", "transformers"),
    )

    recipe: Annotated[dict[str, dict[str, Any]], BeforeValidator(_named)] = Field(
        min_length=1, max_length=1
    )
    """The attack by its name, such as `DeepWordBug`, alone or with its settings:
    `{TextFooler: {vectors: vectors.txt}}`. `curate attack --list` names them."""
    classifier: str
    """A file of `curate classifier train`, or the folder of a model of transformers, relative to
    the recipe."""
    label: str
    """What is right of each record: `labels.NAME` or `meta.NAME`."""
    fields: Names = ("user", "text")
    """Where the text is that is attacked."""
    share: float = Field(default=1.0, ge=0, le=1)
    """The share of records that are attacked, by a hash of id and seed: more data changes none of
    the choices."""
    queries: int = Field(default=1000, ge=LEAST_QUERIES)
    """How often the classifier is asked about a record, at most."""
    protect: tuple[Kind, ...] = Field(default=KINDS)
    """What stays as it is in the texts."""

    _attack: AttackRecipe = PrivateAttr()
    _target: Target = PrivateAttr()
    _seen: Counter[str] = PrivateAttr(default_factory=Counter)

    @field_validator("protect", mode="before")
    @classmethod
    def _as_tuple(cls, kinds: object) -> object:
        return listed(kinds)

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_fields(names)
        if not names:
            raise ValueError("at least one field must be attacked, such as `user`")
        return names

    @field_validator("label")
    @classmethod
    def _is_of_records(cls, label: str) -> str:
        if not label.startswith(("labels.", "meta.")) or label.endswith("."):
            raise ValueError(f"{label!r} is no label of records, such as labels.intent")
        return label

    @model_validator(mode="after")
    def _attack_can_be_made(self, info: ValidationInfo) -> Self:
        for package in ("textattack", "flair"):
            if find_spec(package) is None:
                raise MissingExtraError(f"step {type(self).name}", package, "attack")
        base = (info.context or {}).get("base", Path())
        ((name, settings),) = self.recipe.items()
        self._attack = attack_of(name, settings, base)
        self._target = target_of(self.classifier, base)
        if not self._attack.fools:
            raise ValueError(f"{name} shortens texts, and fools no classifier")
        if self._attack.white_box and not isinstance(self._target, FolderTarget):
            raise ValueError(f"{name} needs gradients, which only a model of transformers gives")
        return self

    @field_serializer("recipe", when_used="json")
    def _written_out(self, _given: object) -> dict[str, Any]:
        """With all settings; what a path names is not told by the path."""
        return {self._attack.name: self._attack.model_dump(mode="json")}

    @field_serializer("classifier", when_used="json")
    def _without_path(self, _name: str) -> str:
        return f"sha256:{self._target.digest()[:16]}"

    def files(self) -> Sequence[bytes]:
        """The hashes of the classifier, and of what the attack reads."""
        return [self._target.digest().encode(), *self._attack.files()]

    def slow(self) -> bool:
        """Always: TextAttack changes some texts a second."""
        return True

    def at_once(self) -> int:
        """Few, since each takes long."""
        return RECORDS_AT_ONCE

    def notes(self) -> Sequence[str]:
        """The attack, what it lacks, and what became of the records of this build."""
        head = f"{self._attack.name} on {self._target.described()}"
        counted = [f"{count:,} {what}" for what, count in sorted(self._seen.items())]
        return (head, *self._attack.notes(), *([", ".join(counted)] if counted else []))

    def expand(self, batch: pa.RecordBatch, seed: int) -> Expanded:
        """The texts by which the classifier is fooled, one of a record at most."""
        labels = Slicing(self.label, "prompt").of(batch).to_pylist()
        ids = batch.column("id").to_pylist()
        own = parents_of(batch.column("meta")).is_null().to_pylist()
        made = leaves(batch, self.fields)
        found: dict[int, tuple[OnlyText, str]] = {}
        for row, text in enumerate(only_texts(made, len(batch))):
            if own[row] and self._chosen(seed, ids[row]) and self._can_be(text, labels[row]):
                changed = self._fooling(text.text, labels[row], ids[row], seed)
                found |= {} if changed is None else {row: (text, changed)}
        if not found:
            return nothing()
        rows = list(found)
        changed_batch = with_changed(batch, made, list(found.values()))
        children = changed_batch.take(pa.array(rows, pa.int64())).select(CONTENT.names)
        makers, ordinals = [self._attack.name] * len(rows), [0] * len(rows)
        return Expanded(children, rows, makers, ordinals, FAILURE.empty_table())

    def _chosen(self, seed: int, record: bytes) -> bool:
        return seed_of(seed, record, self._attack.name, 0, _CHOICE) < self.share * _SEEDS

    def _can_be(self, text: OnlyText | None, label: str) -> TypeGuard[OnlyText]:
        able = text is not None and label != NONE and label in self._target.labels
        if not able:
            self._seen["records without one text and a label that the classifier knows"] += 1
        return able

    def _fooling(self, text: str, label: str, record: bytes, seed: int) -> str | None:
        """The text by which the classifier is fooled; None where none was found."""
        own = seed_of(seed, record, self._attack.name, 0)
        found = self._attacker().attack(text, label, own, protected(text, kinds=self.protect))
        self._seen[f"{found.status} ({found.why})" if found.why else found.status] += 1
        return found.text if found.status == "success" else None

    def _attacker(self) -> Attacker:
        key = self.fingerprint()
        if key not in _READY:
            _READY.clear()
            _READY[key] = Attacker(self._attack, self._target, Budget(queries=self.queries))
        return _READY[key]

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """With the attack's own version, and those of what it depends on."""
        versions = [installed_version(each) for each in self._attack.depends]
        return super()._digest_of({**settings, "attack": [self._attack.version, versions]})
