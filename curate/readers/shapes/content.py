"""What a shape makes of one input record: the content of a record, before Arrow."""

from typing import Any, NamedTuple

from curate.readers.shapes.turn import Turn


class Content(NamedTuple):
    """The content of one record (docs/format.md, "Record")."""

    messages: list[Turn] | None
    prompt_turns: int
    meta: dict[str, Any]
    rejected: list[Turn] | None = None
    desirable: bool | None = None
    text: str | None = None
    tools: str | None = None
    labels: dict[str, Any] = {}  # noqa: RUF012 - never changed
    license: str | None = None
