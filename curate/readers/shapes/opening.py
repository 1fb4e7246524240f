"""The beginning of a conversation: system prompt, earlier turns, and what is asked."""

from typing import Any

from curate.readers.canonical import require_text
from curate.readers.problem import BadRecordError, named
from curate.readers.shapes.column import Column
from curate.readers.shapes.turn import Turn, turns_of

INPUT_SEPARATOR = "\n"
"""Between Alpaca's instruction and its input. The format names no separator and Alpaca's own
template puts headings there; a line end is what trainers without headings use, and it leaves the
input's own blank lines as they are."""


def question(prompt: str, given: str) -> str:
    """The prompt with the input that belongs to it; an empty one is none."""
    return f"{prompt}{INPUT_SEPARATOR}{given}" if prompt and given else prompt or given


class Opening:
    """Makes the turns before the answer from the columns that a plan names."""

    def __init__(self, columns: dict[str, Column]) -> None:
        self._messages = columns.get("messages")
        self._prompt = columns.get("prompt")
        self._input = columns.get("input")
        self._history = columns.get("history")
        self._system = columns.get("system")
        self.asks = bool(self._messages or self._prompt or self._input)
        """Whether there is more than a system prompt."""

    def turns(self, record: dict[str, Any], extras: dict[str, Any]) -> list[Turn]:
        """The turns; what they carry beyond a turn's fields goes to `extras`."""
        if self._messages:
            turns = turns_of(self._messages.of(record), self._messages.path, extras)
        else:
            turns = self._asked(record, extras)
            if self._history:
                turns = _history(self._history.of(record), self._history.path) + turns
        return self.with_system(record, turns, extras) if self._system else turns

    def with_system(
        self, record: dict[str, Any], turns: list[Turn], extras: dict[str, Any]
    ) -> list[Turn]:
        """Put the system column first; a conversation that has its own keeps that."""
        value = self._system.of(record) if self._system else None
        if self._system is None or value is None or value == "":
            return turns
        text = require_text(value, f"column {self._system.path!r}")
        if turns and turns[0].role == "system":
            if turns[0].content != text:
                extras[self._system.path] = text
            return turns
        return [Turn("system", text), *turns]

    def _asked(self, record: dict[str, Any], extras: dict[str, Any]) -> list[Turn]:
        prompt = self._prompt.of(record) if self._prompt else None
        given = self._input.of(record) if self._input else None
        if self._prompt and isinstance(prompt, list | dict):
            if given and self._input:
                extras[self._input.path] = given
            return turns_of(prompt, self._prompt.path, extras)
        if self._prompt and not isinstance(prompt, str):
            raise BadRecordError(
                f"column {self._prompt.path!r} is {named(prompt)}; a prompt is a text, or turns"
            )
        if self._input and given is not None:
            text = require_text(given, f"column {self._input.path!r}")
            return [Turn("user", question(prompt or "", text))]
        return [Turn("user", prompt)] if isinstance(prompt, str) else []


def _history(value: Any, column: str) -> list[Turn]:
    """Earlier turns from a list of [question, answer]."""
    turns = []
    if not isinstance(value, list | None):
        raise BadRecordError(f"{column} is {named(value)}; a list of [question, answer] is right")
    for index, pair in enumerate(value or []):
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadRecordError(f"{column}[{index}] is no pair; [question, answer] is right")
        question, answer = (require_text(text, f"{column}[{index}]") for text in pair)
        turns += [Turn("user", question), Turn("assistant", answer)]
    return turns
