"""Records as `curate export --format jsonl` writes them: read back without loss."""

from typing import Any, Final

from curate.readers.canonical import require_text
from curate.readers.problem import BadRecordError, named
from curate.readers.shapes.assemble import tools_text
from curate.readers.shapes.content import Content
from curate.readers.shapes.turn import Turn, turns_of

_COLUMNS: Final = {"hash", "messages", "prompt_turns", "rejected", "text", "labels", "meta"}
"""Columns that only an export has all of. Those that say where a record was before (`id`, `hash`,
`copy`, `split`, `source`, `file`, `line`) are no content and are left behind."""


def is_exported(record: dict[str, Any]) -> bool:
    """Whether an input record is one of our own."""
    return "prompt_turns" in record and record.keys() >= _COLUMNS


def exported_content(record: dict[str, Any]) -> Content:
    """The content of an exported record; `BadRecordError` where someone broke it."""
    meta = _mapping(record, "meta")
    messages, rejected = _turns(record, "messages", meta), _turns(record, "rejected", meta)
    text, license_name = record["text"], record.get("license")
    prompt_turns, desirable = record["prompt_turns"], record.get("desirable")
    if type(prompt_turns) is not int or not 0 <= prompt_turns <= len(messages or ()):
        most = len(messages or ())
        raise BadRecordError(f"prompt_turns is {prompt_turns!r:.40}; 0 to {most} is right")
    if desirable is not None and not isinstance(desirable, bool):
        raise BadRecordError(f"desirable is {named(desirable)}; true, false or null is right")
    if (messages is None) == (text is None):
        raise BadRecordError("a record has either messages or a text")
    return Content(
        messages,
        prompt_turns,
        meta,
        rejected,
        desirable,
        None if text is None else require_text(text, "text"),
        tools_text(record.get("tools")),
        _mapping(record, "labels"),
        None if license_name is None else require_text(license_name, "license"),
    )


def _turns(record: dict[str, Any], column: str, meta: dict[str, Any]) -> list[Turn] | None:
    value = record[column]
    return None if value is None else turns_of(value, column, meta)


def _mapping(record: dict[str, Any], column: str) -> dict[str, Any]:
    value = record[column]
    if not isinstance(value, dict):
        raise BadRecordError(f"{column} is {named(value)}; an object is right")
    return dict(value)
