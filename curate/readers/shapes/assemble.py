"""From an input record and the plan of its columns to content."""

from collections.abc import Set
from typing import Any, Final

from curate.readers.canonical import dumps, parsed_json, require_text
from curate.readers.problem import BadRecordError, named
from curate.readers.shapes.column import Column, without
from curate.readers.shapes.content import Content
from curate.readers.shapes.detect import CONVERSATIONS
from curate.readers.shapes.ending import Endings, answer, pair
from curate.readers.shapes.opening import Opening, question
from curate.readers.shapes.turn import Turn
from curate.recipe.source import ColumnMap

_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_BESIDE: Final = {"tools", "license", "desirable"}
_ASKING: Final = ("messages", "prompt", "input", "history")


class Assembler:
    """Makes content of all records that have the columns of `sample`, with values of its types.

    `declared` are the paths that a recipe names: a record that lacks one is bad.
    """

    def __init__(self, plan: ColumnMap, sample: dict[str, Any], declared: Set[str]) -> None:
        used = plan.model_dump(exclude={"labels"}, exclude_none=True)
        self._columns = {part: Column(path, path not in declared) for part, path in used.items()}
        self._labels = {name: Column(path) for name, path in plan.labels.items()}
        self._paths = (*used.values(), *plan.labels.values())
        self.rest = tuple(column for column in sample if column not in self._paths)
        self._nested = any(path not in sample for path in self._paths)
        self._opening = Opening(self._columns)
        self._has_beside = bool(self._columns.keys() & _BESIDE or self._labels)
        self._texts = None if self._nested else _text_pair(plan, sample)

    @property
    def plain_columns(self) -> tuple[str, ...] | None:
        """The columns of the content; None where it needs more than these and labels.

        A conversation, a document, or a question, its input ("" for none) and its answer.
        """
        if self._nested:
            return None
        if self._texts:
            return self._texts
        if self._columns.keys() in ({"messages"}, {"text"}):
            return tuple(column.path for column in self._columns.values())
        return None

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """The name and the column of each label."""
        return tuple((name, column.path) for name, column in self._labels.items())

    def content(self, record: dict[str, Any]) -> Content:
        """The content of one record; `BadRecordError` where a part is of the wrong kind."""
        if self._nested:
            meta = without(record, self._paths)
        else:
            meta = {column: record[column] for column in self.rest}
        if self._texts:
            prompt, given, response = self._texts
            asked = question(record[prompt], record[given] if given else "")
            return Content([Turn("user", asked), Turn("assistant", record[response])], 1, meta)
        if "text" in self._columns:
            path = self._columns["text"].path
            content = Content(None, 0, meta, text=require_text(self._value(record, "text"), path))
        else:
            content = self._conversation(record, meta)
        return self._with_beside(record, content) if self._has_beside else content

    def _conversation(self, record: dict[str, Any], meta: dict[str, Any]) -> Content:
        opening = self._opening.turns(record, meta)
        if "rejected" in self._columns:
            return self._preference(record, opening, meta)
        if response := self._columns.get("response") or self._columns.get("chosen"):
            endings = answer(response.of(record), response.path, meta)
            return _ended(opening, endings, meta)
        if not opening:
            raise BadRecordError("a conversation without turns")
        is_answered = opening[-1].role == "assistant"
        return Content(opening, len(opening) - is_answered, meta)

    def _preference(
        self, record: dict[str, Any], opening: list[Turn], meta: dict[str, Any]
    ) -> Content:
        wanted = self._columns.get("chosen") or self._columns["response"]
        unwanted = self._columns["rejected"]
        chosen, rejected = wanted.of(record), unwanted.of(record)
        names = (wanted.path, unwanted.path)
        endings = pair(chosen, rejected, names, self._opening.asks, meta)
        if not endings.shared:
            return _ended(opening, endings, meta)
        self._keep_unused(record, opening, endings.chosen, meta)
        for name in CONVERSATIONS:
            if name in meta and meta[name] == chosen:
                del meta[name]
        messages = self._opening.with_system(record, endings.chosen, meta)
        shared = endings.shared + len(messages) - len(endings.chosen)
        return Content(messages, shared, meta, rejected=endings.rejected)

    def _keep_unused(
        self, record: dict[str, Any], opening: list[Turn], whole: list[Turn], meta: dict[str, Any]
    ) -> None:
        """A prompt beside whole conversations goes to meta, unless it only repeats them."""
        asked = [turn[:-1] for turn in opening if turn.role != "system"]
        told = [turn[:-1] for turn in whole if turn.role != "system"]
        if told[: len(asked)] == asked:
            return
        for part in _ASKING:
            if column := self._columns.get(part):
                meta[column.path] = column.of(record)

    def _value(self, record: dict[str, Any], part: str) -> Any:
        column = self._columns.get(part)
        return None if column is None else column.of(record)

    def _with_beside(self, record: dict[str, Any], content: Content) -> Content:
        """What stands beside the conversation: tools, labels, licence, and the verdict."""
        licence = self._value(record, "license")
        return content._replace(
            desirable=self._desirable(record, content),
            tools=tools_text(self._value(record, "tools")),
            labels={name: _label(column.of(record), name) for name, column in self._labels.items()},
            license=None if licence is None else require_text(licence, "license"),
        )

    def _desirable(self, record: dict[str, Any], content: Content) -> bool | None:
        """The verdict; one on a conversation without a single answer is kept in meta."""
        column = self._columns.get("desirable")
        if column is None:
            return None
        value = column.of(record)
        verdict = _TRUTH.get(str(value).lower().removesuffix(".0"))
        if value is not None and verdict is None:
            raise BadRecordError(f"{column.path} is {value!r:.40}; true or false, 1 or 0 is right")
        messages = content.messages or []
        if content.rejected is not None or content.prompt_turns >= len(messages):
            content.meta[column.path] = value
            return None
        return verdict


def _text_pair(plan: ColumnMap, sample: dict[str, Any]) -> tuple[str, str, str] | None:
    """The columns of a question, its input ("" for none) and its answer, where all are texts.

    It is the most common shape by far, and needs none of the detours of the others.
    """
    if plan.prompt is None or plan.response is None:
        return None
    if plan != ColumnMap(prompt=plan.prompt, input=plan.input, response=plan.response):
        return None
    used = [column for column in (plan.prompt, plan.input, plan.response) if column]
    is_text = all(isinstance(sample[column], str) for column in used)
    return (plan.prompt, plan.input or "", plan.response) if is_text else None


def _ended(opening: list[Turn], endings: Endings, meta: dict[str, Any]) -> Content:
    messages = opening + endings.chosen
    return Content(messages, len(opening), meta, rejected=endings.rejected)


def tools_text(value: Any) -> str | None:
    """The tools as the text of a JSON array, keys in the order read."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = parsed_json(value, "tools")
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise BadRecordError(f"tools is {named(value)}; a list of tools is right")
    return dumps(value).decode()


def _label(value: Any, name: str) -> Any:
    if isinstance(value, list | dict):
        raise BadRecordError(f"label {name!r} is {named(value)}; text, number, boolean are right")
    return value
