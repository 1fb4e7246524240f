"""Removing and mending lines by the line rules of a pack."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

import orjson
import pyarrow as pa
from pydantic import field_validator, model_validator

from curate.fields import FIELDS, PROSE, is_field
from curate.operator import Edited, EditOperator
from curate.rulepacks.chosen import parsed, unlisted
from curate.rulepacks.line_judge import LineJudge
from curate.rulepacks.pack_settings import PackSettings


class LineRules(PackSettings, EditOperator):
    """Remove and mend lines by the `lines:` of a rule pack; some of its rules drop the record.

    A step `rules` brings it along, before itself, where its pack has such rules.
    """

    name: ClassVar[str] = "line_rules"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")
    scans: ClassVar[bool] = True

    @field_validator("field")
    @classmethod
    def _field_can_be_edited(cls, field: str) -> str:
        if not is_field(field):
            guess = f"did you mean {field.removesuffix(PROSE)!r}?" if field.endswith(PROSE) else ""
            right = guess or f"fields: {', '.join(FIELDS)}"
            raise ValueError(f"{field!r} is no field whose lines can be removed; {right}")
        return field

    @model_validator(mode="after")
    def _pack_has_rules_on_lines(self) -> Self:
        if not self._chosen.pack.lines:
            raise ValueError(f"the rule pack {self.pack!r} has no rules on lines: use `rules`")
        return self

    def warnings(self) -> Sequence[str]:
        """Rules that are not applied, since their list is not given."""
        return unlisted(self._chosen, self._chosen.pack.lines)

    def fields(self) -> Sequence[str]:
        """The field of the settings."""
        return (self.field,)

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts without the lines that fail, and what dropped records failed."""
        content, lists = self._chosen
        return _judge(content, self._limits_content(), self.disable, lists).edit(texts)


@lru_cache(maxsize=32)
def _judge(content: bytes, limits: bytes, disable: tuple[str, ...], lists: bytes) -> LineJudge:
    words: Mapping[str, Any] = orjson.loads(lists)
    return LineJudge(parsed(content), orjson.loads(limits), disable, words)
