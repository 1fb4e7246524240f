"""Removing and mending lines by the line rules of a pack."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

import orjson
import pyarrow as pa
from pydantic import Field, PrivateAttr, ValidationInfo, field_serializer, model_validator

from curate.operator import Edited, EditOperator
from curate.rulepacks.chosen import Chosen, bare_pack, choose, parsed, unlisted
from curate.rulepacks.line_judge import LineJudge
from curate.rulepacks.rule import Limit


class LineRules(EditOperator):
    """Remove and mend lines by the `lines:` of a rule pack; some of its rules drop the record.

    A step `rules` brings it along, before itself, where its pack has such rules.
    """

    name: ClassVar[str] = "line_rules"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("duckdb", "pyarrow")
    scans: ClassVar[bool] = True

    pack: str
    """A shipped pack, such as `c4`, or the path of a YAML file, relative to the recipe."""
    field: str = "response"
    """The field whose lines are judged: `response`, `text`, a path, ..."""
    limits: dict[str, Limit] = Field(default_factory=dict)
    """Limits to use instead of the pack's, by rule id."""
    disable: tuple[str, ...] = ()
    """Ids of rules to leave out."""
    lists: dict[str, str] = Field(default_factory=dict)
    """Files of words, one a line, by the name that the pack has for the list."""

    _chosen: Chosen = PrivateAttr()

    @model_validator(mode="after")
    def _pack_knows_the_rules(self, info: ValidationInfo) -> Self:
        chosen = choose(self, info)
        if not chosen.pack.lines:
            raise ValueError(f"the rule pack {self.pack!r} has no rules on lines: use `rules`")
        self._chosen = chosen
        return self

    @field_serializer("pack", when_used="json")
    def _name_without_path(self, _pack: str) -> str:
        return bare_pack(self._chosen)

    @field_serializer("lists", when_used="json")
    def _lists_without_paths(self, lists: dict[str, str]) -> dict[str, str]:
        """The words are in the fingerprint, wherever they were read."""
        return {name: name for name in sorted(lists)}

    def files(self) -> Sequence[bytes]:
        """The bytes of the pack and of the lists."""
        return self._chosen.files()

    def warnings(self) -> Sequence[str]:
        """Rules that are not applied, since their list is not given."""
        return unlisted(self._chosen, self._chosen.pack.lines)

    def fields(self) -> Sequence[str]:
        """The field of the settings."""
        return (self.field,)

    def edit(self, texts: pa.StringArray) -> Edited:
        """Return the texts without the lines that fail, and what dropped records failed."""
        limits = orjson.dumps(self.limits, option=orjson.OPT_SORT_KEYS)
        content, lists = self._chosen.content, self._chosen.lists_content
        return _judge(content, limits, self.disable, lists).edit(texts)


@lru_cache(maxsize=32)
def _judge(content: bytes, limits: bytes, disable: tuple[str, ...], lists: bytes) -> LineJudge:
    words: Mapping[str, Any] = orjson.loads(lists)
    return LineJudge(parsed(content), orjson.loads(limits), disable, words)
