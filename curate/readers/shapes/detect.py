"""Which shape an input record has, told by its columns.

A shape is a `ColumnMap`, the same that a recipe writes as `map:`; so what is detected and what is
declared go one way.
"""

from typing import Any, Final

from curate.recipe.source import ColumnMap

CONVERSATIONS: Final = ("messages", "conversations", "conversation")
PROMPTS: Final = ("instruction", "prompt", "question", "query")
INPUTS: Final = ("input", "context")
RESPONSES: Final = ("output", "response", "completion", "answer")
SYSTEMS: Final = ("system", "system_prompt")
TOOLS: Final = ("tools", "functions")
DESIRABLES: Final = ("desirable", "label", "tag")
PAIRS: Final = (("chosen", "rejected"), ("chosen_messages", "rejected_messages"))


def plan_of(record: dict[str, Any]) -> ColumnMap | None:
    """Detect the shape of a record; None where its columns make none.

    >>> plan_of({"question": "2+2?", "answer": "4"}).response
    'answer'
    """
    plan = _preference(record) or _conversation(record) or _pair(record) or _single(record)
    if plan is None or plan.text:
        return plan
    beside = {
        "system": plan.system or _there(record, SYSTEMS),
        "tools": plan.tools or _there(record, TOOLS),
    }
    return plan.model_copy(update=beside)


def _first(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of the columns that is there and not null."""
    return next((name for name in names if record.get(name) is not None), None)


def _there(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of the columns that is not null, else the first that is there at all."""
    return _first(record, names) or next((name for name in names if name in record), None)


def _desirable(record: dict[str, Any]) -> str | None:
    """A column that judges the answer; only booleans do, since numbers label many things."""
    return next((name for name in DESIRABLES if isinstance(record.get(name), bool)), None)


def _preference(record: dict[str, Any]) -> ColumnMap | None:
    inner = record.get("input")
    if isinstance(inner, dict) and {"preferred_output", "non_preferred_output"} <= record.keys():
        return ColumnMap(
            messages="input.messages",
            chosen="preferred_output",
            rejected="non_preferred_output",
            tools="input.tools",
        )
    for chosen, rejected in PAIRS:
        if {chosen, rejected} <= record.keys() and _first(record, (chosen, rejected)):
            prompt = _first(record, PROMPTS)
            return ColumnMap(
                messages=None if prompt else _first(record, CONVERSATIONS),
                prompt=prompt,
                input=_there(record, INPUTS) if prompt == "instruction" else None,
                history=_there(record, ("history",)) if prompt else None,
                chosen=chosen,
                rejected=rejected,
            )
    return None


def _conversation(record: dict[str, Any]) -> ColumnMap | None:
    messages = _first(record, CONVERSATIONS)
    if messages is None or not isinstance(record[messages], list | str):
        return None
    return ColumnMap(messages=messages, desirable=_desirable(record))


def _pair(record: dict[str, Any]) -> ColumnMap | None:
    prompt = _first(record, PROMPTS)
    response = _there(record, RESPONSES)
    if prompt is None or response is None:
        return None
    return ColumnMap(
        prompt=prompt,
        input=_there(record, INPUTS) if prompt == "instruction" else None,
        response=response,
        history=_there(record, ("history",)),
        desirable=_desirable(record),
    )


def _single(record: dict[str, Any]) -> ColumnMap | None:
    """A document, or a prompt alone."""
    if text := _first(record, ("text", "content")):
        return ColumnMap(text=text)
    if prompt := _first(record, PROMPTS):
        is_alpaca = prompt == "instruction"
        return ColumnMap(prompt=prompt, input=_there(record, INPUTS) if is_alpaca else None)
    return None
