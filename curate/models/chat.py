"""Turns of a record as the messages that chat templates read, and the chat templates we bring."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from curate.errors import InputError, RefusedError

Message = dict[str, Any]
"""A turn as chat templates expect it: `role`, `content`, `reasoning_content`, `tool_calls`..."""

_NAMES: Final = {"reasoning": "reasoning_content"}
"""What templates call our fields, where they differ (Qwen3, DeepSeek-R1 and gpt-oss do)."""

_CALLS: Final = (
    "{% for call in message.tool_calls or [] %}"
    "{{ '\n<tool_call>\n' + (call.function | tojson) + '\n</tool_call>' }}{% endfor %}"
)

_TOOLS: Final = "'You may call these tools:\n' + (tools | tojson)"

BUILT_IN: Final[dict[str, str]] = {
    "chatml": (
        "{% if tools %}{{ '<|im_start|>system\n' + " + _TOOLS + " + '<|im_end|>\n' }}{% endif %}"
        "{% for message in messages %}"
        "{{ '<|im_start|>' + message.role + '\n' + (message.content or '') }}"
        + _CALLS
        + "{{ '<|im_end|>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    ),
    "plain": (
        "{{ bos_token or '' }}"
        "{% if tools %}{{ '### system:\n' + " + _TOOLS + " + '\n\n' }}{% endif %}"
        "{% for message in messages %}"
        "{{ '### ' + message.role + ':\n' + (message.content or '') }}"
        + _CALLS
        + "{{ eos_token if message.role == 'assistant' else '' }}{{ '\n\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '### assistant:\n' }}{% endif %}"
    ),
}
"""Chat templates for tokenizers that bring none. `plain` needs no token but end-of-sequence."""

CHATML_TOKENS: Final = ("<|im_start|>", "<|im_end|>")


def messages_for_template(turns: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Give turns (rows of `record.MESSAGE`) the form that chat templates read.

    Fields that are null are left out (a template would print "None"), `tool_calls` is parsed,
    `reasoning` becomes `reasoning_content`, and `train`, which is ours, is left out.

    >>> messages_for_template([{"role": "user", "content": "hi", "name": None, "train": None}])
    [{'role': 'user', 'content': 'hi'}]
    """
    return [_message(turn) for turn in turns]


def _message(turn: Mapping[str, Any]) -> Message:
    message = {
        _NAMES.get(key, key): value
        for key, value in turn.items()
        if value is not None and key != "train"
    }
    if "tool_calls" in message:
        message["tool_calls"] = orjson.loads(message["tool_calls"])
    return message


def tools_for_template(tools: str | None) -> list[dict[str, Any]] | None:
    """Parse the `tools` of a record; None where it offers none."""
    return (orjson.loads(tools) or None) if tools else None


def template_hash(template: str) -> str:
    """SHA-256 of a chat template, as 64 hex digits."""
    return hashlib.sha256(template.encode()).hexdigest()


def choose_template(tokenizer: Any, setting: str | None, said: str = "--set chat_template=") -> str:
    """Find the chat template to use: a built-in, a file, or the tokenizer's own.

    `said` is how the user gives the setting, for messages. Raises `RefusedError` where there is
    none or the tokenizer lacks the template's tokens, and `InputError` where the file cannot be
    read.
    """
    if setting is None:
        return _own_template(tokenizer, said)
    if setting in BUILT_IN:
        _check_tokens(tokenizer, setting, said)
        return BUILT_IN[setting]
    try:
        return Path(setting).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{said.removeprefix('--set ')}{setting}",
            f"cannot be read ({type(error).__name__})",
            f"Name a file with a Jinja template, or one of: {', '.join(BUILT_IN)}.",
        ) from error


def _own_template(tokenizer: Any, said: str) -> str:
    template = tokenizer.chat_template
    if isinstance(template, dict):
        template = template.get("default")
    if isinstance(template, str) and template:
        return template
    raise RefusedError(
        "tokenizer",
        "it has no chat template, so it is not known how a conversation is written",
        f"Use an instruction-tuned model, or say {said}FILE, {said}chatml or {said}plain.",
    )


def _check_tokens(tokenizer: Any, name: str, said: str) -> None:
    missing = [token for token in CHATML_TOKENS if token not in tokenizer.get_vocab()]
    if name == "chatml" and missing:
        raise RefusedError(
            f"{said.removeprefix('--set ')}chatml",
            f"the tokenizer has no token {' and '.join(missing)}, so the model could not stop",
            f"Use {said}plain, which ends a turn by the end-of-sequence token.",
        )
