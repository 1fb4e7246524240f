"""Where the tokens of a trained turn stand in a rendered conversation.

A turn's tokens run from the end of the generation prompt, which the model is given, to its
end-of-turn token, which it must learn to write. The template is rendered up to the turn and past
it; where both are prefixes of the whole, token for token, the model is trained on exactly what it
is given when it is used. Templates that write a turn differently once others follow (by removing
its thoughts, say) break this; then the turn is looked for in the text, and that is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from curate.models.chat import Message
from curate.models.rendering import Encoded, Renderer, RenderError

MARK = "\ue000\ue001curate\ue001\ue000"
"""Stands for the content of a turn while it is looked for: private-use code points."""

Found = Literal["prefix", "text"]


class Span(NamedTuple):
    """The tokens [start, end) of a turn, and how they were found."""

    start: int
    end: int
    found: Found


@dataclass(frozen=True)
class Conversation:
    """A rendered conversation, with the tools that it offers."""

    renderer: Renderer
    messages: Sequence[Message]
    tools: list[dict[str, Any]] | None

    @cached_property
    def text(self) -> str:
        """The whole conversation, rendered; raises `RenderError`."""
        return self.renderer.render(self.messages, self.tools)

    def before(self, turn: int) -> str | None:
        """The text that the model is given when it writes this turn."""
        is_answer = self.messages[turn]["role"] == "assistant"
        return self._rendered(self.messages[:turn], is_answer)

    def after(self, turn: int) -> str | None:
        """The text up to and with this turn, as if it were the last."""
        return self._rendered(self.messages[: turn + 1], False)

    def marked(self, turn: int, last: bool) -> tuple[str, str] | None:
        """The texts around the turn's content, in the whole or with the turn as the `last`."""
        messages = list(self.messages[: turn + 1] if last else self.messages)
        messages[turn] = messages[turn] | {"content": MARK}
        text = self._rendered(messages, False)
        if text is None or text.count(MARK) != 1:
            return None
        left, right = text.split(MARK)
        return left, right

    def _rendered(self, messages: Sequence[Message], generation_prompt: bool) -> str | None:
        try:
            return self.renderer.render(messages, self.tools, generation_prompt)
        except RenderError:
            return None


class Place(NamedTuple):
    """A turn of a conversation, with the texts before and after it."""

    turn: int
    before: str | None
    after: str | None


def place_of(conversation: Conversation, turn: int) -> Place:
    """Render a conversation around one of its turns."""
    return Place(turn, conversation.before(turn), conversation.after(turn))


def find_span(
    conversation: Conversation,
    place: Place,
    encoded: Mapping[str, Encoded],
    special: frozenset[int],
) -> Span | None:
    """Find the tokens of a turn; None where the template does not write it recognisably.

    `encoded` holds the tokens of the whole text and of the texts of `place`.
    """
    whole = encoded[conversation.text]
    if place.before is not None and place.after is not None:
        start, end = encoded[place.before].ids, encoded[place.after].ids
        if whole.ids[: len(start)] == start and whole.ids[: len(end)] == end:
            return _closed(Span(len(start), len(end), "prefix"), conversation, whole.ids, special)
    if whole.offsets is None:
        return None
    span = _by_prefix(conversation.text, place, whole.offsets)
    span = span or _by_mark(conversation, place, whole.offsets)
    return _closed(span, conversation, whole.ids, special) if span else None


def _by_prefix(text: str, place: Place, offsets: list[tuple[int, int]]) -> Span | None:
    """The texts are prefixes of the whole, but tokens merge across their ends."""
    before, after = place.before, place.after
    if before is None or after is None:
        return None
    if not (after.startswith(before) and text.startswith(after)):
        return None
    return _tokens(offsets, len(before), len(after))


def _tokens(offsets: list[tuple[int, int]], start: int, end: int) -> Span | None:
    """The tokens that hold code points of [start, end)."""
    inside = [i for i, (first, last) in enumerate(offsets) if last > start and first < end]
    return Span(inside[0], inside[-1] + 1, "text") if inside else None


def common_prefix(left: Sequence[Any], right: Sequence[Any]) -> int:
    """How many items two sequences share at their beginning.

    >>> common_prefix("prompt", "prose"), common_prefix([1], [1, 2])
    (3, 1)
    """
    pairs = zip(left, right, strict=False)
    shorter = min(len(left), len(right))
    return next((place for place, (a, b) in enumerate(pairs) if a != b), shorter)


def _by_mark(
    conversation: Conversation, place: Place, offsets: list[tuple[int, int]]
) -> Span | None:
    """Render with a mark for the content: what the mark stands for is the content.

    What follows the mark where the turn is the last (calls, the end-of-turn token) belongs to the
    turn, as far as the same follows it in the whole.
    """
    content = conversation.messages[place.turn].get("content")
    around = conversation.marked(place.turn, last=False)
    if around is None or not isinstance(content, str) or not content.strip():
        return None
    left, right = around
    text = conversation.text
    end = len(text) - len(right)
    if not (text.startswith(left) and text.endswith(right) and len(left) < end):
        return None
    starts_alike = place.before is not None and left.startswith(place.before)
    start = len(place.before or "") if starts_alike else len(left)
    span = _tokens(offsets, start, end)
    alone = conversation.marked(place.turn, last=True)
    if span is None or alone is None:
        return span
    last = end + common_prefix(right, alone[1])
    wholly = sum(1 for _, stop in offsets[span.end :] if stop <= last)
    return span._replace(end=span.end + wholly)


def _closed(
    span: Span, conversation: Conversation, ids: Sequence[int], special: frozenset[int]
) -> Span:
    """Leave out white space after the end-of-turn token: the model stops before it."""
    decode = conversation.renderer.tokenizer.decode
    end = span.end
    while end > span.start and ids[end - 1] not in special:
        if decode([ids[end - 1]]).strip():
            return span
        end -= 1
    return span._replace(end=end) if end > span.start else span
