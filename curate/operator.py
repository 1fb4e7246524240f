"""What an operator is: a frozen pydantic class with a name, a version and one method.

Operators never touch the data. They return decisions in columns for a whole Arrow batch, and
`curate.build` applies them.

Signals, rules and edits look at one record at a time and are functions of its content alone: of
what they are given, `id`, `source`, `file`, `line` and `split` are null and `copy` is 0, and a
decision holds for every record of that content, now and later. So nothing is asked twice. What
else has an influence must be in the fingerprint. Selections look at all records
(`curate.selection`), expansions make new ones (`curate.expansion`).

A new operator is one file in `curate/operators/`; importing it registers it. Packages register
theirs by the entry point group `curate.operators`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self, TypeVar

import orjson
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, PrivateAttr

from curate.decision import Span
from curate.hashing import digest
from curate.scores import Score, Wanted

StepKind = Literal["signal", "rules", "edit", "selection", "expansion"]

Value = TypeVar("Value", covariant=True)

REGISTRY: dict[str, "type[Operator]"] = {}
"""Operators by name, filled as their modules are imported."""


class Operator(BaseModel, ABC):
    """The base of all operators: settings are typed fields, unknown ones are refused.

    Each field is described by the string under it; the first field is what a bare value sets
    (`- rules: chat`). `depends` names the distributions whose versions change the answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: ClassVar[str]
    version: ClassVar[int]
    kind: ClassVar[StepKind]
    depends: ClassVar[tuple[str, ...]] = ()
    scans: ClassVar[bool] = False
    """Whether it looks at texts by `curate.scan`, whose compiled code is then made ready."""
    code: ClassVar[bytes] = b""
    """The user's own file that defines the class (`--allow-code`); empty for installed ones."""

    _scores: tuple[Score, ...] = PrivateAttr(default=())

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Register each class that has a name."""
        super().__init_subclass__(**keywords)
        if "name" in cls.__dict__:
            REGISTRY[cls.name] = cls

    def files(self) -> Sequence[bytes]:
        """The content of the files and models the settings name, for the fingerprint."""
        return ()

    def before(self) -> Sequence["Before"]:
        """Steps that come with this one, before it."""
        return ()

    def wants(self) -> Sequence[Wanted]:
        """The scores that it needs, which signal steps before it give (`curate.scores`)."""
        return ()

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scores that it wants, with the steps that give them; none before a recipe did so."""
        return self._scores

    def with_scores(self, scores: Sequence[Score]) -> Self:
        """The same operator, whose batches have columns of these scores."""
        copy = self.model_copy()
        copy._scores = tuple(scores)
        return copy

    def warnings(self) -> Sequence[str]:
        """What a build with it should tell the user, such as a part that is not applied."""
        return ()

    def fingerprint(self) -> str:
        """What makes the answers: name, version, settings, `depends`, files, and its scores."""
        return self._digest_of(self.model_dump(mode="json"))

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        versions = {package: installed_version(package) for package in self.depends}
        head: list[Any] = [self.name, self.version, settings, versions]
        if self._scores:
            head.append(sorted(score.key for score in self._scores))
        code = [self.code] if self.code else []
        return digest(orjson.dumps(head, option=orjson.OPT_SORT_KEYS), *self.files(), *code).hex()


class Before(NamedTuple):
    """A step that comes with another."""

    suffix: str
    """What its name has behind the other's, and a hyphen."""
    operator: str
    settings: Mapping[str, Any]


class SignalOperator(Operator):
    """Measures texts. Values are stored by text, so that none is measured again.

    It keeps every record. A value must be a pure function of the text and of the operator; what a
    model computes must be rounded here, so that it does not depend on device or batch.
    """

    kind: ClassVar[StepKind] = "signal"
    places: ClassVar[frozenset[str]] = frozenset({"fields"})
    """Settings (by their name in a recipe) that say what is measured: no value depends on them."""
    slow: ClassVar[bool] = False
    """Whether measuring takes so long that `at_once` counts. Such a step runs by itself in the
    process of the build, whatever the workers: its model has all cores, or the device."""

    @abstractmethod
    def fields(self) -> Sequence[str]:
        """Which texts of a record it is given: fields, but not `all`."""

    @abstractmethod
    def signals(self) -> Mapping[str, str]:
        """What it gives: names of signals, each with a line that says what it measures."""

    def labels(self) -> frozenset[str]:
        """Which of its signals are labels; the others are numbers, or vectors."""
        return frozenset()

    def vectors(self) -> frozenset[str]:
        """Which of its signals are vectors."""
        return frozenset()

    @abstractmethod
    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return for each signal as many values as texts, in the same order.

        Numbers and booleans are values, strings are labels, and bytes are vectors of int16
        (`models.vectors`); null is for a text without a value.
        No text is null or comes twice.
        """

    def at_once(self) -> int:
        """How many records a slow one is given at once.

        What it measured of them is then written, so that a build that is killed loses no more, and
        progress is told.
        """
        return 1000

    def notes(self) -> Sequence[str]:
        """What the manifest should say of how it measured in this build, a line each."""
        return ()

    def signal_fingerprint(self) -> str:
        """What makes the values: the fingerprint without the settings in `places`."""
        settings = self.model_dump(mode="json", by_alias=True)
        return self._digest_of({k: v for k, v in settings.items() if k not in self.places})


class Measured(NamedTuple):
    """What rules measured on one field of a batch, so that other limits can be tried out."""

    field: str
    rows: pa.Array
    """The rows of the batch that have the field, ascending (int64)."""
    signals: pa.Table
    """A column for each signal, and a row for each of `rows`."""


class Judged(NamedTuple):
    """The failures among the rows of a batch (schema `FAILURE`), and what they were found by."""

    failures: pa.Table
    measured: Sequence[Measured] = ()


class RulesOperator(Operator):
    """Predicates over signals: drops a record with every rule that it fails."""

    kind: ClassVar[StepKind] = "rules"

    @abstractmethod
    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """Return the failures among the rows of a batch (schema `FAILURE`), sorted by row."""

    def judged(self, batch: pa.RecordBatch) -> Judged:
        """Return the failures, and the signals where rules are made of them."""
        return Judged(self.judge(batch))

    def rule_ids(self) -> Sequence[str]:
        """The ids of rules that may be misspelt: that one never fires is worth a warning."""
        return ()

    def definitions(self) -> Sequence[Mapping[str, Any]]:
        """The rules as they are used, as data, so that a version can tell what another limit does.

        Each has `id`, `what`, `field`, `where` or `match`, `limit`, `value` and `undesirable`, as
        in a rule pack, with the field and limit of the step. Empty where rules are no data.
        """
        return ()


class OfEach(Protocol[Value]):
    """Something of each text, by its place: a list, or what makes it when it is asked for."""

    def __getitem__(self, place: int, /) -> Value:
        """That of the text at a place."""


class Edited(NamedTuple):
    """The texts after an edit, and what else it says of them."""

    texts: pa.StringArray
    spans: OfEach[Sequence[Span]] | None = None
    """Of each text what changed, in order; None where the engine shall work it out."""
    rules: OfEach[Sequence[str]] | None = None
    """The rule behind each span; None where an edit has no rules."""
    failures: pa.Table | None = None
    """Texts whose records are dropped (schema `FAILURE`; `row` is the text, `field` is ignored).
    What the edit did to texts of these records does not count, unless it scrubs."""
    flags: OfEach[Sequence[tuple[str, Span]]] | None = None
    """Of each text what was found in it and left, with the rule behind it, by places in the text
    before the edit."""


class Leak(NamedTuple):
    """Something that an edit should have taken out of a text."""

    row: int
    """The text."""
    what: str
    """What it is, such as an entity."""
    shown: str
    """A hint at it that does not tell it, such as j***@a***.com."""


class EditOperator(Operator):
    """Changes texts. It is given every text of a batch, flat, and returns as many."""

    kind: ClassVar[StepKind] = "edit"

    def fields(self) -> Sequence[str]:
        """Which texts it is given; by default all of them."""
        return ("all",)

    @abstractmethod
    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts after the edit, in the same order; nulls stay null."""


class ScrubOperator(EditOperator):
    """Takes out what must not be kept.

    Such an edit runs as records are read, before anything is written. It is given the texts of
    tools, labels and meta as well, and bad input, and what it puts in the place of what it finds
    must stand in `Span.surrogate`.
    """

    @abstractmethod
    def leaks(self, texts: pa.StringArray, surrogates: frozenset[str]) -> Sequence["Leak"]:
        """What is still in texts after the edit, as another way of looking finds it.

        `surrogates` are those that stand in the texts of the build: they are no leaks.
        """

    def on_leak(self) -> Literal["stop", "warn"]:
        """Whether a build with leaks is stopped, or warns."""
        return "stop"


def installed_version(package: str) -> str:
    """The version of an installed distribution, or "none"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
