"""The examples of a pack are its tests."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from curate.errors import CurateError
from curate.record import CONTENT, MESSAGE, batch_of
from curate.rulepacks.declared import unknown_score
from curate.rulepacks.judge import Judge
from curate.rulepacks.line_judge import LineJudge
from curate.rulepacks.line_rule import LineRule, judges_whole_text
from curate.rulepacks.marked_yaml import Marked, Place, read_marked
from curate.rulepacks.pack import PARTS, Pack, parse_pack
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.rule import RECORD_FIELD, Predicate, Rule
from curate.rulepacks.written import Example, ExampleError, written_out
from curate.scores import with_columns

QUESTION = "What do you think?"
"""The prompt that stands around an example that is only a text."""


def check_pack(content: bytes, field: str = "response") -> list[Problem]:
    """Everything that is wrong with a pack: its form, its rules, and what its examples show.

    `field` is what rules without a `field` judge. An empty list means that all is right.
    """
    try:
        pack = parse_pack(content)
    except PackError as error:
        return error.problems
    return sorted(_example_problems(pack, read_marked(content), field))


def _example_problems(pack: Pack, marked: Marked, field: str) -> Iterator[Problem]:
    for part in PARTS:
        for index, rule in enumerate(getattr(pack, part)):
            fails = _test_of(pack, part, rule, field)
            for kind, wanted in (("good", False), ("bad", True)):
                for number, example in enumerate(getattr(rule, kind)):
                    place: Place = (part, index, kind, number)
                    fault = _fault(fails, example, wanted)
                    if fault:
                        text = f"rule {rule.id!r}: the {kind} example {_shown(example)} {fault}"
                        yield Problem(marked.line(place), text)


def _test_of(pack: Pack, part: str, rule: Predicate, field: str) -> Callable[[Example], bool]:
    """The function that says whether an example fails a rule, judged alone."""
    if isinstance(rule, LineRule) and judges_whole_text(rule):
        return _whole_text_test(pack, rule)
    alone = pack.model_copy(update={"lines": (), "rules": ()} | {part: (rule,)})
    lists = {rule.words: rule.sample} if rule.words is not None else {}
    if isinstance(rule, LineRule):
        of_lines = LineJudge(alone, lists=lists)
        return lambda example: _line_fails(of_lines, example)
    judge = Judge(alone, field, lists=lists)
    wanted = judge.wants()
    own = (rule.field if isinstance(rule, Rule) else None) or field

    def fails(example: Example) -> bool:
        record, scores = _with_scores(example, pack)
        batch = batch_of([example_record(record, own)])
        given = [(one, pa.array([scores.get(one.name)])) for one in wanted]
        return len(judge.judge(with_columns(batch, given))) > 0

    return fails


def _with_scores(example: Example, pack: Pack) -> tuple[Example, Mapping[str, Any]]:
    """An example, and the values of scores that it gives under `scores`."""
    if not isinstance(example, dict) or "scores" not in example:
        return example, {}
    record = {key: value for key, value in example.items() if key != "scores"}
    scores = example["scores"]
    if not isinstance(scores, dict):
        raise ExampleError("`scores` is a mapping of names to values")
    for name, value in scores.items():
        if name not in pack.scores:
            raise ExampleError(unknown_score(str(name), pack.scores))
        kind = pack.scores[name].type
        right = isinstance(value, str) if kind == "label" else _is_number(value)
        if value is not None and not right:
            raise ExampleError(f"the score {name!r} is a {kind}, not {value!r}")
    return record or QUESTION, scores


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole_text_test(pack: Pack, rule: LineRule) -> Callable[[Example], bool]:
    """The same of a rule on what was removed, which means nothing without those before it."""
    before = pack.lines[: pack.lines.index(rule) + 1]
    lists = {each.words: each.sample for each in before if each.words is not None}
    judge = LineJudge(pack.model_copy(update={"lines": before}), lists=lists)

    def fails(example: Example) -> bool:
        answer = judge.edit(pa.array([_text_of(example)]))
        return answer.failures is not None and rule.id in answer.failures["rule"].to_pylist()

    return fails


def _line_fails(judge: LineJudge, example: Example) -> bool:
    """Whether a rule on lines does anything to a text."""
    before = pa.array([_text_of(example)])
    answer = judge.edit(before)
    changed = not answer.texts.equals(before)
    return changed or bool(answer.failures is not None and len(answer.failures))


def _text_of(example: Example) -> str:
    text = written_out(example)
    if not isinstance(text, str):
        raise ExampleError("an example of a rule on lines is a text")
    return text


def _fault(fails: Callable[[Example], bool], example: Example, wanted: bool) -> str | None:
    try:
        failed = fails(example)
    except (ExampleError, CurateError) as error:
        return f"cannot be judged: {error}"
    if failed == wanted:
        return None
    return "passes and should fail" if wanted else "fails and should pass"


def _shown(example: Example) -> str:
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def example_record(example: Example, field: str) -> dict[str, Any]:
    """The record that an example stands for.

    A text is the content of the field; a mapping is a record whose `prompt`, `response` and
    `rejected` may be texts. Raises ExampleError.
    """
    example = written_out(example)
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
