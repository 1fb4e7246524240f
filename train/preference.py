"""Preference pairs for TRL's DPOTrainer, and an account of what it will do with them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from curate.models.chat import Message, messages_for_template, tools_for_template
from curate.models.rendering import Renderer, RenderError
from curate.models.spans import common_prefix
from curate.models.tokens import record_name
from curate.progress import Progress
from curate.store.version import Version

from .feed import Account, Feed, chunks

NOTES: Final[dict[str, str]] = {
    "answer-truncated": "chosen or rejected answers cut at max_length",
    "prompt-not-a-prefix": "pairs whose prompt the template writes differently before an answer",
    "turns-not-trainable": "pairs with tool turns or `train: false` turns in an answer; DPO"
    " trains whole answers",
}
"""What is counted of preference pairs, and what each count means."""

_Row = Mapping[str, Any]


def feed_dpo(version: Version, renderer: Renderer, max_length: int, progress: Progress) -> Feed:
    """Prompt, chosen and rejected as messages, in the order of (id, copy).

    TRL tokenises them itself. The dataset has the columns `record`, `prompt`, `chosen`,
    `rejected` and `tools`, and `chat_template_kwargs` where the template has arguments.
    """
    from datasets import Dataset, Features, Json, List, Value

    account, arguments = Account(), dict(renderer.arguments)
    kept: list[dict[str, Any]] = []
    for rows in chunks(version, progress, "reading pairs"):
        for row in rows:
            account.read += 1
            pair = _pair(row)
            reason = _measure(pair, row, renderer, max_length, account)
            if reason is None:
                kept.append(pair)
            else:
                account.excluded[pair["record"]] = reason
    account.fed = len(kept)
    turns = List(Json())
    text = Value("string")
    features = Features(
        {"record": text, "prompt": turns, "chosen": turns, "rejected": turns, "tools": text}
    )
    columns = {name: [pair[name] for pair in kept] for name in features}
    if arguments:
        features["chat_template_kwargs"] = Json()
        columns["chat_template_kwargs"] = [arguments] * len(kept)
    return Feed(Dataset.from_dict(columns, features=features), account)


def _pair(row: _Row) -> dict[str, Any]:
    messages = messages_for_template(row["messages"])
    return {
        "record": record_name(row),
        "prompt": messages[: row["prompt_turns"]],
        "chosen": messages[row["prompt_turns"] :],
        "rejected": messages_for_template(row["rejected"]),
        "tools": row["tools"] if tools_for_template(row["tools"]) else None,
    }


def _measure(
    pair: dict[str, Any], row: _Row, renderer: Renderer, max_length: int, account: Account
) -> str | None:
    """Count what TRL will cut; return why the pair cannot be trained on, or None."""
    for part in ("prompt", "chosen", "rejected"):
        if not pair[part]:
            return f"it has no {part}"
    tools = tools_for_template(row["tools"])
    try:
        prompt, chosen, rejected = _token_counts(pair, tools, renderer)
    except RenderError as refusal:
        return f"the chat template refuses it: {refusal}"
    shared = min(common_prefix(prompt, chosen), common_prefix(prompt, rejected))
    notes: Counter[str] = Counter()
    notes["prompt-not-a-prefix"] = shared < len(prompt)
    if shared < max_length:
        notes["answer-truncated"] = sum(len(ids) > max_length for ids in (chosen, rejected))
    answers = [*row["messages"][row["prompt_turns"] :], *row["rejected"]]
    notes["turns-not-trainable"] = any(
        turn["role"] != "assistant" or turn["train"] is False for turn in answers
    )
    account.notes.update(+notes)
    return None


def _token_counts(
    pair: dict[str, Any], tools: list[dict[str, Any]] | None, renderer: Renderer
) -> Sequence[list[int]]:
    """The tokens of the prompt, and of the prompt with either answer, as TRL will make them."""

    def text(messages: list[Message], generation_prompt: bool = False) -> str:
        return renderer.render(messages, tools, generation_prompt)

    prompt = pair["prompt"]
    texts = [
        text(prompt, generation_prompt=True),
        text(prompt + pair["chosen"]),
        text(prompt + pair["rejected"]),
    ]
    return [encoded.ids for encoded in renderer.encode(texts)]
