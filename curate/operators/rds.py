"""Selecting the records that are most like a target, by a language model's hidden states."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import pyarrow as pa
from pydantic import (
    Field,
    FieldSerializationInfo,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from curate.contamination.units import kernel as units_kernel
from curate.mixing.choosing import positions
from curate.mixing.units import amounts, wanted
from curate.models.loading import Dtype
from curate.models.represented import SIGNAL, WANTED, Represented
from curate.operator import Before
from curate.ranking.baselines import Baseline
from curate.ranking.targeted_choice import Asked
from curate.ranking.targeted_report import Targeted
from curate.scores import Wanted
from curate.selection import Gathered, SelectionOperator
from curate.semantic.compiling import kernel
from curate.setting_types import Names


class _Target(Represented):
    """Makes the vectors of the target."""

    @property
    def where(self) -> str:
        """What needs the model."""
        return "step rds"


class Rds(SelectionOperator):
    """Keep the records most like the instances of target tasks (RDS+, Ivison et al. 2025).

    Each text is the position-weighted mean of the model's last hidden states; for a task a record
    counts by its largest cosine with any of its instances, and tasks take their best in turn
    (arXiv 2503.01807, section 3). What is chosen is checked for text of the target itself, and told
    beside random, longest, and random of the same lengths, of as many tokens. What was set aside
    for eval and test stays.
    """

    name: ClassVar[str] = "rds"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("numba", "numpy", "peft", "pyarrow", "tokenizers", "torch", "transformers"),
    )
    compares: ClassVar[bool] = True

    target: Names = Field(min_length=1)
    """The tasks: a file of instances each, relative to the recipe, or a REF; of the formats that
    sources have. Use no evaluation that the model shall be judged by, but its development part."""
    model: str
    """The causal language model to be trained: a folder, relative to the recipe, or the id of one
    in the local cache of the Hub."""
    top: Annotated[int, Field(ge=1)] | Annotated[float, Field(gt=0, lt=1)]
    """How much is kept: a share of records below 1, or a number in `unit`."""
    method: Literal["rds"] | Baseline = "rds"
    """`random`, `longest` and `length-matched` are baselines of `rds`, of as many tokens."""
    contaminated: Literal["keep", "drop"] = "keep"
    """What becomes of chosen records that share more than half of an instance (Tulu 3's rule); they
    are named either way, and what is dropped is not made up for."""
    unit: str = "records"
    """What `top` counts: `records`, `characters`, or a score such as `trained_tokens`."""
    tokens: str = "characters"
    """In what baselines are as large as the choice: `characters`, or a score such as
    `trained_tokens`."""
    max_tokens: int = Field(default=2048, ge=2)
    """What comes behind so many tokens is not looked at; nor what is beyond the model's limit."""
    template: str | None = None
    """How a conversation is written: `chatml`, `plain` or a file with a Jinja template, relative to
    the recipe; by default the model's own chat template."""
    dtype: Dtype = "float32"
    """What the model computes with; `auto` is how its weights are stored."""

    _represented: _Target = PrivateAttr()
    _targeted: Targeted | None = PrivateAttr(default=None)

    @field_validator("target")
    @classmethod
    def _tasks_differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands there twice; name each task once")
        return names

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        if self.tokens == "records":
            raise ValueError("`tokens` is what records are long in: `characters` or a score")
        self._represented = _Target.model_validate(self._model_settings(), context=info.context)
        return self

    @field_serializer("model", "template", when_used="json")
    def _without_paths(self, _: str | None, info: FieldSerializationInfo) -> Any:
        """A path is no part of what is computed: files are."""
        return self._represented.model_dump(mode="json")[info.field_name]

    def before(self) -> Sequence[Before]:
        """The step that stores the vectors of the records."""
        return [Before(SIGNAL, SIGNAL, self._model_settings())]

    def files(self) -> Sequence[bytes]:
        """Hashes of the model's files and of the template."""
        return self._represented.files()

    def wants(self) -> Sequence[Wanted]:
        """The vectors, and what it counts by."""
        return [*WANTED, *wanted(self.unit), *wanted(self.tokens)]

    def against(self) -> Sequence[str]:
        """The tasks."""
        return self.target

    def facts_fingerprint(self) -> str:
        """What makes the facts: nothing is represented again for another `top` or `method`."""
        names = ("model", "template", "max_tokens", "dtype", "unit", "tokens")
        own = self.model_dump(mode="json")
        return self._digest_of({name: own[name] for name in names})

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """Without names of models: the same one in another folder gives the same vectors."""
        names = ("model", "template")
        return super()._digest_of({k: v for k, v in settings.items() if k not in names})

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernels compiled."""
        kernel(say)
        units_kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`vector`, `amount` (in the unit), `length` (in tokens) and `position`.

        The vectors of the target are made here: no step before measures it.
        """
        columns = {
            "vector": self._represented.stored_or_made(batch),
            "amount": pa.array(amounts(self.unit, batch)),
            "length": pa.array(amounts(self.tokens, batch)),
            "position": pa.array(positions(batch.column("id"), seed)),
        }
        return pa.RecordBatch.from_pydict(columns)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """`not_targeted`: what goes, and why."""
        self._targeted = Targeted.of(gathered, self.target, self.references, self._asked(), seed)
        return {"not_targeted": self._targeted.gone}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop what was not chosen."""
        return 'SELECT id, copy, \'drop\' AS action, rule, value, "limit", "of" FROM not_targeted'

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """What each task took, the choice beside its baselines, and hits of the check."""
        return () if self._targeted is None else list(self._targeted.lines(self.tokens))

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The same as JSON; it holds where no record that is kept has text of the target."""
        return None if self._targeted is None else self._targeted.document()

    def _asked(self) -> Asked:
        instead = None if self.method == "rds" else self.method
        return Asked(self.top, instead, self.contaminated == "drop")

    def _model_settings(self) -> dict[str, Any]:
        names = ("model", "max_tokens", "template", "dtype")
        return {name: getattr(self, name) for name in names}
