"""Records as tokens and labels: what supervised fine-tuning and evaluation are fed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from curate.models.chat import messages_for_template, tools_for_template
from curate.models.rendering import Encoded, Renderer, RenderError
from curate.models.spans import Conversation, Place, find_span, place_of
from curate.record import kind_of

IGNORED: Final = -100
"""The label of a token that is not trained (PyTorch's `ignore_index`)."""

NOTES: Final[dict[str, str]] = {
    "truncated": "records cut at max_length",
    "tokens-cut": "tokens lost by it",
    "trained-tokens-cut": "of them trained ones",
    "turn-found-by-text": "turns that the template writes differently once others follow; they"
    " are trained as they stand there",
    "turn-not-found": "turns that could not be found in the rendered text; they are not trained",
    "turn-without-end": "turns whose end-of-turn token is not trained: the model may not stop",
    "tools-ignored": "records whose tools the chat template leaves out",
    "thought-ignored": "records with thoughts that the chat template leaves out",
    "text-ignored": "records with a turn whose text the chat template leaves out or changes",
    "special-token-in-text": "records whose text spells a special token of the tokenizer",
}
"""What tokenisation counts, and what each count means."""


@dataclass(frozen=True)
class Tokenized:
    """One record as tokens; `labels` are the tokens to train, and -100 elsewhere.

    The first label is always -100: nothing stands before the first token, so it is never predicted
    (and would be counted in the mean of the loss by transformers before 5).
    """

    record: str
    """The id as 32 hex digits, then `:` and the copy."""
    input_ids: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    """Counts by the keys of `NOTES`."""
    excluded: str | None = None
    """Why the record cannot be trained on, or None."""

    @property
    def trained(self) -> int:
        """How many tokens are trained."""
        return sum(label != IGNORED for label in self.labels)


def record_name(row: Mapping[str, Any]) -> str:
    """The id and copy of a member as text.

    >>> record_name({"id": bytes(16), "copy": 1})
    '00000000000000000000000000000000:1'
    """
    return f"{row['id'].hex()}:{row['copy']}"


def trained_turns(row: Mapping[str, Any]) -> list[int]:
    """Which turns of a record are trained (docs/format.md, "Record").

    Where `train` is null: all assistant turns of `sft` records, the turns after `prompt_turns` of
    all others. What a row says of its `kind` holds.
    """
    is_sft = (row.get("kind") or kind_of(row)) == "sft"
    chosen = []
    for place, turn in enumerate(row["messages"]):
        default = turn["role"] == "assistant" if is_sft else place >= row["prompt_turns"]
        if default if turn["train"] is None else turn["train"]:
            chosen.append(place)
    return chosen


def tokenize(
    rows: Sequence[Mapping[str, Any]], renderer: Renderer, max_length: int | None = None
) -> list[Tokenized]:
    """Tokenise records (rows of `record.WORKING`) of the kinds `sft` and `text`, in order.

    Of a conversation the trained turns have labels, with their end-of-turn token; of a document
    all tokens have, and end-of-sequence is added. What exceeds `max_length` is cut at the end.
    """
    special, spellings = renderer.special_ids(), renderer.special_texts()
    conversations = [_conversation(row, renderer) for row in rows]
    encoded = _encode_all(renderer, conversations)
    results = []
    for row, work in zip(rows, conversations, strict=True):
        if isinstance(work, str):
            result = Tokenized(record_name(row), excluded=work)
        elif work is None:
            result = _document(row, renderer)
        else:
            result = _labelled(row, work, encoded, special)
        result.notes.update(_text_notes(row, work, spellings))
        results.append(_cut(result, max_length))
    return results


@dataclass(frozen=True)
class _Work:
    """A conversation that can be rendered, and the turns to train."""

    conversation: Conversation
    places: list[Place]

    def texts(self) -> list[str]:
        around = [text for place in self.places for text in (place.before, place.after)]
        return [self.conversation.text, *(text for text in around if text is not None)]


def _conversation(row: Mapping[str, Any], renderer: Renderer) -> "_Work | str | None":
    """What is to be tokenised: None for a document, a reason where the template refuses."""
    if row["messages"] is None:
        return None
    messages = messages_for_template(row["messages"])
    conversation = Conversation(renderer, messages, tools_for_template(row["tools"]))
    try:
        _ = conversation.text
    except RenderError as refusal:
        return f"the chat template refuses it: {refusal}"
    return _Work(conversation, [place_of(conversation, turn) for turn in trained_turns(row)])


def _encode_all(
    renderer: Renderer, conversations: Sequence["_Work | str | None"]
) -> dict[str, Encoded]:
    works = [work for work in conversations if isinstance(work, _Work)]
    texts = list(dict.fromkeys(text for work in works for text in work.texts()))
    return dict(zip(texts, renderer.encode(texts), strict=True))


def _labelled(
    row: Mapping[str, Any],
    work: _Work,
    encoded: Mapping[str, Encoded],
    special: frozenset[int],
) -> Tokenized:
    ids = encoded[work.conversation.text].ids
    labels = [IGNORED] * len(ids)
    notes: Counter[str] = Counter()
    for place in work.places:
        span = find_span(work.conversation, place, encoded, special)
        if span is None:
            notes["turn-not-found"] += 1
            continue
        labels[span.start : span.end] = ids[span.start : span.end]
        notes["turn-found-by-text"] += span.found == "text"
        notes["turn-without-end"] += span.end > span.start and ids[span.end - 1] not in special
    labels[:1] = [IGNORED] * len(labels[:1])
    return Tokenized(record_name(row), list(ids), labels, +notes)


def _document(row: Mapping[str, Any], renderer: Renderer) -> Tokenized:
    tokenizer = renderer.tokenizer
    ids = list(tokenizer(row["text"] or "", verbose=False)["input_ids"])
    stop = tokenizer.eos_token_id
    notes: Counter[str] = Counter()
    if stop is None:
        notes["turn-without-end"] += 1
    elif not ids or ids[-1] != stop:
        ids.append(stop)
    return Tokenized(record_name(row), ids, [IGNORED, *ids[1:]] if ids else [], notes)


def _text_notes(
    row: Mapping[str, Any], work: "_Work | str | None", spellings: Sequence[str]
) -> Counter[str]:
    """What the template leaves out of a record, and what in it is read as structure."""
    notes: Counter[str] = Counter()
    turns = row["messages"] or [{"content": row["text"]}]
    texts = [turn.get("content") or "" for turn in turns]
    if any(token in text for text in texts for token in spellings):
        notes["special-token-in-text"] = 1
    if not isinstance(work, _Work):
        return notes
    conversation = work.conversation
    if conversation.tools and conversation.text == _without_tools(conversation):
        notes["tools-ignored"] = 1
    if any(text.strip() not in conversation.text for text in texts):
        notes["text-ignored"] = 1
    thoughts = [turn["reasoning"].strip() for turn in turns if turn.get("reasoning")]
    if any(thought not in conversation.text for thought in thoughts):
        notes["thought-ignored"] = 1
    return notes


def _without_tools(conversation: Conversation) -> str | None:
    try:
        return conversation.renderer.render(conversation.messages)
    except RenderError:
        return None


def _cut(result: Tokenized, max_length: int | None) -> Tokenized:
    """Cut a record to length, and exclude it where nothing is left to train."""
    if result.excluded is not None:
        return result
    whole = result.trained
    notes = result.notes.copy()
    if max_length is not None and len(result.input_ids) > max_length:
        notes["truncated"] = 1
        notes["tokens-cut"] = len(result.input_ids) - max_length
        result = replace(
            result, input_ids=result.input_ids[:max_length], labels=result.labels[:max_length]
        )
        notes["trained-tokens-cut"] = whole - result.trained
    if result.trained:
        return replace(result, notes=+notes)
    reason = (
        "no token of it is trained"
        if not whole
        else f"the trained turns begin after {max_length} tokens"
    )
    return replace(result, notes=+notes, excluded=reason)
