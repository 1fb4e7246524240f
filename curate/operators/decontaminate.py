"""Dropping records that an evaluation would find the model to know by heart."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Self

import pyarrow as pa
from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from curate.contamination.certificate import document, notes
from curate.contamination.check import FACTS, Check
from curate.contamination.rule import RULES, Rule
from curate.contamination.units import kernel
from curate.contamination.verdict import Verdict
from curate.decision import CONTAMINATED
from curate.fields import FIELDS
from curate.selection import Gathered, SelectionOperator
from curate.setting_types import Names, check_fields


class Decontaminate(SelectionOperator):
    """Drop records that share too much text with a test instance of an evaluation suite.

    Questions are compared with what users say, and answers with what assistants say, by n-grams of
    words: letter case, white space, compatibility forms and punctuation around words do not count.
    A record's value is the share of the instance that it has, and `of` is the instance. The
    version's certificate has the suites, all hits with their spans, and near misses.
    """

    name: ClassVar[str] = "decontaminate"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("numba", "pyarrow")

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    suites: Names = Field(alias="against", min_length=1)
    """The suites: paths of files, relative to the recipe, or REFs of the store."""
    rule: str = "tulu3"
    """When a record is dropped: `tulu3`, `gpt3`, `palm`, `gpt4` or `datatrove`."""
    n: int | None = Field(default=None, ge=2, le=200)
    """Words (of `gpt4` letters and digits) that must be equal in a row; by default the rule's."""
    share: float | None = Field(default=None, ge=0, lt=1)
    """The share of an instance that one record may have; by default the rule's."""
    fields: Names | None = None
    """The fields of records that are compared with questions, and with answers; by default the
    rule's."""
    answers: bool = True
    """Whether answers are compared too: all but those of fewer than `n` words."""

    _found: tuple[Check, Verdict] | None = PrivateAttr(default=None)

    @field_validator("suites")
    @classmethod
    def _suites_differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands there twice; name each suite once")
        return names

    @field_validator("rule")
    @classmethod
    def _rule_exists(cls, rule: str) -> str:
        if rule not in RULES:
            near = get_close_matches(rule, RULES, n=1)
            guess = f"did you mean {near[0]!r}?" if near else f"rules: {', '.join(RULES)}"
            raise ValueError(f"{rule!r} is no rule; {guess}")
        return rule

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if names is None:
            return None
        check_fields(names)
        if not names:
            raise ValueError(f"at least one field must be compared, of {', '.join(FIELDS)}")
        return names

    @model_validator(mode="after")
    def _share_is_a_limit(self) -> Self:
        if self.share == 0 and RULES[self.rule].reached:
            raise ValueError(
                f"share 0 would drop every record, since {self.rule!r} drops at the limit itself; "
                "use a share above 0"
            )
        return self

    def against(self) -> Sequence[str]:
        """The suites."""
        return self.suites

    def chosen_rule(self) -> Rule:
        """The rule, with the settings that take the place of its own."""
        rule = RULES[self.rule]
        return rule._replace(
            n=self.n or rule.n,
            share=rule.share if self.share is None else self.share,
            questions=self.fields or rule.questions,
            answers=self.fields or rule.answers,
        )

    def prepare(self, say: Callable[[str], None]) -> None:
        """Have the kernel compiled."""
        kernel(say)

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        """`questions` and `answers`: the sequences of either that each record has, and where."""
        return self.check(seed).facts(batch)

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """The contaminated records: `id`, `value`, and `of`."""
        check = self.check(seed)
        found = check.verdict(gathered.table(FACTS))
        self._found = check, found
        columns = {
            "id": pa.array([one.id for one in found.worst], pa.binary()),
            "value": pa.array([str(one.share) for one in found.worst], pa.string()),
            "of": pa.array([one.instance for one in found.worst], pa.binary()),
        }
        return {"contaminated": pa.table(columns)}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """Drop every copy of the records that were found."""
        return (
            f"SELECT f.id, f.copy, 'drop' AS action, '{CONTAMINATED}' AS rule, c.value, "
            f'\'{self.chosen_rule().share}\' AS "limit", c."of" '
            "FROM facts f JOIN contaminated c ON c.id = f.id"
        )

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The suites, the rule, what was dropped for which instance, and near misses."""
        if self._found is None:
            return None
        # What is left has nothing above the limit, since what had was dropped.
        return {"kind": "contamination", "holds": True, **document(*self._found)}

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """What could not be compared, what was exempt, and suites of which much was found."""
        return notes(*self._found) if self._found else ()

    def check(self, seed: int) -> Check:
        """What it compares, once its references are at hand."""
        return Check.of(self.references, self.chosen_rule(), self.answers, seed)
