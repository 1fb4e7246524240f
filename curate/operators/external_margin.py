"""How much better the chosen answer of a pair is, by what another signal step says."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import PrivateAttr, ValidationInfo, field_serializer, model_validator

from curate.conversations import record_of
from curate.fields import field_texts
from curate.operator import REGISTRY, SignalOperator
from curate.record import WORKING, batch_of

SIDES: Final = ("chosen", "rejected")

DECIMALS: Final = 8
"""Of the difference: as many as any signal of a model is rounded to, and more."""


class ExternalMargin(SignalOperator):
    """Store what another signal step says of the chosen answer, less what it says of the rejected.

    Such as the scores of a classifier or the length; the margin that a policy has itself is
    `dpo_margin`. A pair of which either answer has no value has none.
    """

    name: ClassVar[str] = "external_margin"
    version: ClassVar[int] = 1
    slow: ClassVar[bool] = True
    places: ClassVar[frozenset[str]] = frozenset()

    step: str | dict[str, Any]
    """The signal step, as a recipe has it: `measure`, or {classifier: {model: quality.classifier}}.
    Its own `fields` make no difference."""
    signal: str
    """Which of its signals is compared."""

    _measures: SignalOperator = PrivateAttr()

    @model_validator(mode="after")
    def _step_is_right(self, info: ValidationInfo) -> Self:
        step = {self.step: None} if isinstance(self.step, str) else self.step
        if len(step) != 1:
            raise ValueError("`step` is one step: a name, or a mapping of one name to its settings")
        ((name, settings),) = step.items()
        signals = {key: one for key, one in REGISTRY.items() if issubclass(one, SignalOperator)}
        if name not in signals or name == self.name:
            near = get_close_matches(str(name), sorted(set(signals) - {self.name}), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"such are: {', '.join(signals)}"
            raise ValueError(f"{name!r} is no signal step; {hint}")
        operator = signals[name]
        if settings is not None and not isinstance(settings, dict):
            first = next(iter(operator.model_fields.items()))
            settings = {first[1].alias or first[0]: settings}
        made = operator.model_validate(settings or {}, context=info.context)
        assert isinstance(made, SignalOperator)
        numbers = [one for one in made.signals() if one not in made.labels() | made.vectors()]
        if self.signal not in numbers:
            raise ValueError(
                f"step {name} gives no number {self.signal!r}; it gives {', '.join(numbers)}"
            )
        self._measures = made
        return self

    @field_serializer("step", when_used="json")
    def _step_without_paths(self, _step: object) -> dict[str, Any]:
        """As a recipe keeps the step itself."""
        return {self._measures.name: self._measures.model_dump(mode="json", by_alias=True)}

    def at_once(self) -> int:
        """As the step itself asks for."""
        return self._measures.at_once()

    def notes(self) -> Sequence[str]:
        """What the step itself tells."""
        return self._measures.notes()

    def fields(self) -> Sequence[str]:
        """Whole pairs."""
        return ("preference",)

    def signals(self) -> Mapping[str, str]:
        """The one margin."""
        return {"external_margin": f"{self.signal} of the chosen answer, less the rejected one's"}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the margin of each pair (float64)."""
        records = [record_of(text) or {} for text in texts.to_pylist()]
        batch = batch_of(records, WORKING)
        answers = [field_texts(batch, side) for side in SIDES]
        known = pc.unique(pa.concat_arrays(answers)).drop_null()
        values = self._measures.measure(known)[self.signal].cast(pa.float64())
        chosen, rejected = (values.take(pc.index_in(side, known)) for side in answers)
        return {"external_margin": pc.round(pc.subtract(chosen, rejected), DECIMALS)}

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        """By what makes the step's values, wherever its files lie."""
        step = self._measures.signal_fingerprint()
        return super()._digest_of({"signal": settings["signal"], "step": step})
