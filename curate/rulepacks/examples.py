"""The examples of a pack are its tests."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from curate.errors import CurateError
from curate.record import CONTENT, MESSAGE, batch_of
from curate.rulepacks.judge import Judge
from curate.rulepacks.marked_yaml import Marked, Place, read_marked
from curate.rulepacks.pack import Pack, PackError, Problem, parse_pack
from curate.rulepacks.rule import RECORD_FIELD, Example, Rule

QUESTION = "What do you think?"
"""The prompt that stands around an example that is only a text."""


LONGEST = 10_000_000
"""So many characters an example may have that repeats a text."""


class ExampleError(ValueError):
    """An example cannot be made into a record."""


def check_pack(content: bytes, field: str = "response") -> list[Problem]:
    """Everything that is wrong with a pack: its form, its rules, and what its examples show.

    `field` is what rules without a `field` judge. An empty list means that all is right.
    """
    try:
        pack = parse_pack(content)
    except PackError as error:
        return error.problems
    return list(_example_problems(pack, read_marked(content), field))


def _example_problems(pack: Pack, marked: Marked, field: str) -> Iterator[Problem]:
    for index, rule in enumerate(pack.rules):
        judge = Judge(pack.model_copy(update={"rules": (rule,)}), field)
        for kind, fails in (("good", False), ("bad", True)):
            for number, example in enumerate(getattr(rule, kind)):
                place: Place = ("rules", index, kind, number)
                fault = _fault(judge, rule, example, field, fails)
                if fault:
                    text = f"rule {rule.id!r}: the {kind} example {_shown(example)} {fault}"
                    yield Problem(marked.line(place), text)


def _fault(judge: Judge, rule: Rule, example: Example, field: str, fails: bool) -> str | None:
    try:
        record = example_record(example, rule.field or field)
        failed = judge.judge(batch_of([record])).num_rows > 0
    except (ExampleError, CurateError) as error:
        return f"cannot be judged: {error}"
    if failed == fails:
        return None
    return "passes and should fail" if fails else "fails and should pass"


def _shown(example: Example) -> str:
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def example_record(example: Example, field: str) -> dict[str, Any]:
    """The record that an example stands for.

    A text is the content of the field, and so is a mapping of `repeat` and `times`; any other
    mapping is a record whose `prompt`, `response` and `rejected` may be texts. Raises ExampleError.
    """
    if isinstance(example, Mapping) and "repeat" in example:
        example = _repeated(example)
    written = _around(example, field) if isinstance(example, str) else dict(example)
    turns = written.pop("messages", None)
    if turns is None and "text" not in written:
        turns = [
            *_turns(written.pop("system", []), "system"),
            *_turns(written.pop("prompt", []), "user"),
            *_turns(written.pop("response", []), "assistant"),
        ]
    if turns is not None:
        written["messages"] = [_turn(turn) for turn in turns]
        written.setdefault("prompt_turns", _prompt_turns(written["messages"]))
    if "rejected" in written:
        written["rejected"] = [_turn(turn) for turn in _turns(written["rejected"], "assistant")]
    unknown = sorted(set(written) - set(CONTENT.names))
    if unknown:
        raise ExampleError(f"a record has no {unknown[0]!r}")
    return {"labels": "{}", "meta": "{}", **written}


def _repeated(example: Mapping[str, Any]) -> str:
    """The text of an example that is too long to be written."""
    piece, times = example["repeat"], example.get("times")
    formed = isinstance(piece, str) and isinstance(times, int) and len(example) == 2
    if not formed or len(piece) * int(times or 0) > LONGEST:
        found = f"a mapping of `repeat` (a text) and `times`, {LONGEST:,} characters together"
        raise ExampleError(f"a repeated text is {found} at most")
    return str(piece) * int(times or 0)


def _around(text: str, field: str) -> dict[str, Any]:
    if field in ("text", "prompt", "system"):
        return {field: text}
    if field == "rejected":
        return {"prompt": QUESTION, "response": "I do.", "rejected": text}
    if field == RECORD_FIELD:
        raise ExampleError("an example of `record` is a mapping such as {messages: [...]}")
    return {"prompt": QUESTION, "response": text}


def _turns(value: Any, role: str) -> list[Any]:
    if isinstance(value, list):
        return value
    return [{"role": role, "content": value}]


def _turn(turn: Any) -> dict[str, Any]:
    known = {field.name for field in MESSAGE}
    if not isinstance(turn, Mapping) or "role" not in turn or not set(turn) <= known:
        raise ExampleError(f"a turn is a mapping with role and content, not {turn!r}")
    calls = turn.get("tool_calls")
    return {**turn, "tool_calls": json.dumps(calls) if isinstance(calls, list) else calls}


def _prompt_turns(turns: list[dict[str, Any]]) -> int:
    ends_with_answer = bool(turns) and turns[-1]["role"] == "assistant"
    return len(turns) - 1 if ends_with_answer else len(turns)
