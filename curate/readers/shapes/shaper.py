"""Chooses the plan of each record, once for all records with the same columns."""

from collections.abc import Mapping
from typing import Any, Final

from curate.errors import RecipeError
from curate.readers.problem import BadRecordError
from curate.readers.shapes.assemble import Assembler
from curate.readers.shapes.column import listed, without
from curate.readers.shapes.content import Content
from curate.readers.shapes.detect import plan_of
from curate.readers.shapes.exported import exported_content, is_exported
from curate.recipe.source import ColumnMap

_STRUCTURE: Final = ("messages", "prompt", "input", "response", "chosen", "rejected", "text")
_MOST_CACHED: Final = 10_000


class Shaper:
    """Makes content of input records by the columns a recipe maps, or by detection.

    A map that names no part of the conversation (only labels, say) adds to what is detected.
    """

    def __init__(self, columns: ColumnMap | None, source: str) -> None:
        self._map = columns or ColumnMap()
        self._named = self._map.model_dump(exclude={"labels"}, exclude_none=True)
        self._declared = frozenset((*self._named.values(), *self._map.labels.values()))
        self._is_structured = any(part in self._named for part in _STRUCTURE)
        self._known: dict[object, Assembler] = {}
        _check(self._named, source)

    def content(self, record: dict[str, Any]) -> Content:
        """The content of one record; `BadRecordError` where it has no shape that is known."""
        assembler = self.assembler(record)
        return exported_content(record) if assembler is None else assembler.content(record)

    def assembler(self, record: dict[str, Any]) -> Assembler | None:
        """What makes content of records like this one; None where it is one of our own."""
        if not self._is_structured and is_exported(record):
            return None
        signature = (tuple(record), tuple(map(type, record.values())))
        assembler = self._known.get(signature)
        if assembler is None:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            assembler = Assembler(self._plan(record), record, self._declared)
            self._known[signature] = assembler
        return assembler

    def _plan(self, record: dict[str, Any]) -> ColumnMap:
        if self._is_structured:
            return self._map
        plan = plan_of(without(record, self._declared))
        if plan is None:
            raise BadRecordError(
                f"no known shape; the columns are {listed(record)}. Name their parts by `map:`"
            )
        plan = plan.model_copy(update={**self._named, "labels": self._map.labels})
        if wrong := _contradiction(plan.model_dump(exclude={"labels"}, exclude_none=True)):
            raise BadRecordError(f"`map:` and the columns of the record make {wrong}")
        return plan


def _check(named: dict[str, str], source: str) -> None:
    """Refuse maps that cannot make a record."""
    if wrong := _contradiction(named):
        right = "A record is a `text`, or `messages` or `prompt` with an answer"
        raise RecipeError(f"map: of source {source}", wrong, right)


def _contradiction(named: Mapping[str, str]) -> str:
    """Which parts cannot stand together; "" where all can."""
    parts = named.keys()
    if "text" in parts and parts & {*_STRUCTURE, "system", "history", "tools"} != {"text"}:
        return "`text` beside parts of a conversation"
    if "rejected" in parts and not parts & {"chosen", "response"}:
        return "`rejected` without `chosen`"
    if {"chosen", "response"} <= parts:
        return "both `chosen` and `response`"
    if "messages" in parts and parts & {"prompt", "input", "history"}:
        return "`messages` beside `prompt`, `input` or `history`"
    return ""
