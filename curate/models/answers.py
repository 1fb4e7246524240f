"""The answers of conversations and pairs as tokens: what signals of language models score.

A conversation is written as training writes it (`models.tokens`), and an answer's tokens are those
that are trained: from the end of the generation prompt to the end-of-turn token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curate.models.chat import messages_for_template, tools_for_template
from curate.models.rendering import Encoded, Renderer, RenderError
from curate.models.spans import Conversation, Place, common_prefix, find_span, place_of
from curate.models.tokens import trained_turns


class Answers(NamedTuple):
    """A conversation as tokens, and where its answers stand in it."""

    ids: list[int]
    stretches: list[tuple[int, int]]
    """The tokens [start, end) of each assistant turn that is trained, of which some are left."""


class Pair(NamedTuple):
    """A preference pair as tokens, as TRL's DPOTrainer makes them."""

    prompt: list[int]
    chosen: list[int]
    rejected: list[int]


@dataclass(frozen=True)
class _Work:
    conversation: Conversation
    places: list[Place]

    def texts(self) -> list[str]:
        around = [text for place in self.places for text in (place.before, place.after)]
        return [self.conversation.text, *(text for text in around if text is not None)]


def answers_of(
    records: Sequence[Mapping[str, Any]], renderer: Renderer, most: int
) -> list[Answers | None]:
    """The answers of conversations, of which the first `most` tokens are looked at.

    None where the template refuses the conversation. A turn that the template does not write
    recognisably is left out, and so is the first token of all, before which nothing stands.
    """
    works = [_work(record, renderer) for record in records]
    texts = list(dict.fromkeys(text for work in works if work for text in work.texts()))
    encoded = dict(zip(texts, renderer.encode(texts), strict=True))
    special = renderer.special_ids()
    return [None if work is None else _answers(work, encoded, special, most) for work in works]


def _work(record: Mapping[str, Any], renderer: Renderer) -> _Work | None:
    try:
        messages = messages_for_template(record["messages"])
        conversation = Conversation(renderer, messages, tools_for_template(record["tools"]))
        _ = conversation.text
    except (RenderError, ValueError):  # ValueError: a document that spells calls that are no JSON
        return None
    turns = [turn for turn in trained_turns(record) if messages[turn].get("role") == "assistant"]
    return _Work(conversation, [place_of(conversation, turn) for turn in turns])


def _answers(
    work: _Work, encoded: Mapping[str, Encoded], special: frozenset[int], most: int
) -> Answers:
    ids = encoded[work.conversation.text].ids[:most]
    found = [find_span(work.conversation, place, encoded, special) for place in work.places]
    cut = [(max(1, span.start), min(len(ids), span.end)) for span in found if span]
    return Answers(ids, [(start, end) for start, end in cut if start < end])


def pair_of(record: Mapping[str, Any], renderer: Renderer) -> Pair | None:
    """A pair as tokens, not cut; None without a prompt or an answer, or where a template refuses.

    An answer begins where the tokens of the prompt and of the prompt with it part.
    """
    if not (record["prompt_turns"] and record["rejected"]):
        return None
    try:
        messages = messages_for_template(record["messages"])
        prompt, chosen = messages[: record["prompt_turns"]], messages[record["prompt_turns"] :]
        rejected = messages_for_template(record["rejected"])
        if not chosen:
            return None
        tools = tools_for_template(record["tools"])
        texts = [
            renderer.render(prompt, tools, generation_prompt=True),
            renderer.render(prompt + chosen, tools),
            renderer.render(prompt + rejected, tools),
        ]
    except (RenderError, ValueError):
        return None
    start, one, other = (encoded.ids for encoded in renderer.encode(texts))
    shared = min(common_prefix(start, one), common_prefix(start, other))
    return Pair(start[:shared], one[shared:], other[shared:])


def opening_of(renderer: Renderer) -> str:
    """What the template writes before an answer, whatever is asked; empty where it has nothing.

    In ChatML that is `<|im_start|>assistant` and a line feed.
    """
    asked = [{"role": "user", "content": "?"}]
    try:
        without, with_it = renderer.render(asked), renderer.render(asked, generation_prompt=True)
    except RenderError:
        return ""
    return with_it.removeprefix(without) if with_it.startswith(without) else ""
