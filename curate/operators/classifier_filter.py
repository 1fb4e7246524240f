"""Dropping records by a classifier of one's own."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator, model_validator

from curate.classifier.model import signal_names
from curate.classifier.settings import ClassifierSettings
from curate.decision import FAILURE
from curate.fields import field_texts
from curate.operator import RulesOperator
from curate.setting_types import check_texts

Probability = Annotated[float, Field(gt=0, le=1)]


class ClassifierFilter(ClassifierSettings, RulesOperator):
    """Drop records whose text a classifier of your own gives a label that is not wanted.

    A text in which no word is known stays. Take the limits from the curve that `curate classifier
    train` prints: there is none that is right for every classifier.
    """

    name: ClassVar[str] = "classifier_filter"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = (
        *("model2vec", "numpy", "pyarrow", "sentence-transformers", "tokenizers"),
    )

    drop: dict[str, Probability]
    """Labels, each with the probability from which a record is dropped, such as {bad: 0.8}."""
    field: str = "response"
    """The field to judge."""

    @field_validator("field")
    @classmethod
    def _field_can_be_judged(cls, field: str) -> str:
        check_texts([field], "judged")
        return field

    @model_validator(mode="after")
    def _labels_are_known(self) -> Self:
        known = self.classifier().details.labels
        if not self.drop:
            raise ValueError(f"drop names no label; the classifier knows {', '.join(known)}")
        wrong = next((label for label in self.drop if label not in known), None)
        if wrong is not None:
            near = get_close_matches(wrong, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(known)}"
            raise ValueError(f"the classifier does not know the label {wrong!r}; {hint}")
        return self

    def rule_ids(self) -> Sequence[str]:
        """One for each label that is dropped, such as `toxicity-hate`."""
        return list(self._rules().values())

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """Return the failures among the rows of a batch; undesirable answers are not judged."""
        texts = field_texts(batch, self.field)
        judged = pc.and_(texts.is_valid(), pc.fill_null(batch.column("desirable"), True))
        rows = np.flatnonzero(judged.to_numpy(zero_copy_only=False))
        scores = self.scores(texts.take(pa.array(rows)))
        labels = self.classifier().details.labels
        failing: list[dict[str, Any]] = []
        for label, rule in self._rules().items():
            values = scores[:, labels.index(label)]
            # NaN, of a text without a known word, is below every limit.
            failing += [
                {
                    "row": int(rows[at]),
                    "rule": rule,
                    "field": self.field,
                    "value": orjson.dumps(float(values[at])).decode(),
                    "limit": orjson.dumps(self.drop[label]).decode(),
                }
                for at in np.flatnonzero(values >= self.drop[label])
            ]
        failing.sort(key=lambda one: one["row"])
        return pa.Table.from_pylist(failing, schema=FAILURE)

    def _rules(self) -> Mapping[str, str]:
        """The rule of each label that is dropped, in the order of the classifier's labels."""
        details = self.classifier().details
        named = signal_names(details.name, details.labels)
        return {
            label: named[label].replace("_", "-") for label in details.labels if label in self.drop
        }

    def _digest_of(self, settings: Mapping[str, Any]) -> str:
        return super()._digest_of(self.without_path(settings))
