"""Dropping records by a rule pack."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import orjson
import pyarrow as pa
from pydantic import field_validator

from curate.operator import Before, Judged, RulesOperator
from curate.rulepacks import Judge
from curate.rulepacks.chosen import parsed, unlisted
from curate.rulepacks.pack_settings import PackSettings
from curate.rulepacks.rule import Rule
from curate.rulepacks.shelf import is_path
from curate.rulepacks.used import defined, scores_of
from curate.scores import Wanted
from curate.setting_types import check_texts


class Rules(PackSettings, RulesOperator):
    """Drop records that fail rules of a pack, with every failing rule, its value and limit."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")
    scans: ClassVar[bool] = True

    @field_validator("field")
    @classmethod
    def _field_can_be_judged(cls, field: str) -> str:
        check_texts([field], "judged")
        return field

    def before(self) -> Sequence[Before]:
        """The pack's rules on lines, which are an edit."""
        if not self._chosen.pack.lines:
            return ()
        names = ("pack", "field", "limits", "disable", "lists")
        settings = {name: getattr(self, name) for name in names}
        return (Before("lines", "line_rules", settings),)

    def wants(self) -> Sequence[Wanted]:
        """The scores that the rules are made of."""
        return self._made().wants()

    def warnings(self) -> Sequence[str]:
        """Rules that are not applied, since their list is not given."""
        return unlisted(self._chosen, self._chosen.pack.rules)

    def rule_ids(self) -> Sequence[str]:
        """The ids of the rules that are used, of a user's own pack only.

        A shipped pack is tested, and most of its rules find nothing in good data.
        """
        return [rule.id for rule in self._used()] if is_path(self.pack) else []

    def definitions(self) -> Sequence[Mapping[str, Any]]:
        """The rules that are not disabled, with the limits and the field of the settings."""
        return [
            defined(rule, rule.field or self.field, self.limits.get(rule.id, rule.limit))
            | scores_of(rule, rule.field or self.field, self.scores)
            for rule in self._used()
        ]

    def _used(self) -> list[Rule]:
        """The rules that are applied, those with a list of words as patterns."""
        lists = orjson.loads(self._chosen.lists_content)
        rules = (rule.with_lists(lists) for rule in self._chosen.pack.rules)
        return [rule for rule in rules if rule is not None and rule.id not in self.disable]

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """Return the failures among the rows of a batch."""
        return self.judged(batch).failures

    def judged(self, batch: pa.RecordBatch) -> Judged:
        """Return the failures, and the signals that the rules are made of."""
        return self._made().judged(batch)

    def _made(self) -> Judge:
        content, lists = self._chosen
        return _judge(content, self.field, self._limits_content(), self.disable, lists)


@lru_cache(maxsize=32)
def _judge(
    content: bytes, field: str, limits: bytes, disable: tuple[str, ...], lists: bytes
) -> Judge:
    words: Mapping[str, Any] = orjson.loads(lists)
    return Judge(parsed(content), field, orjson.loads(limits), disable, words)
