"""A tokenizer and a chat template: conversations to text, and texts to tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from curate.models.chat import Message

_TEMPLATE_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a template can raise besides Jinja's own errors, on messages that it does not foresee."""


class RenderError(Exception):
    """The chat template cannot render these messages; the message says why."""


class Encoded(NamedTuple):
    """The tokens of one text; `offsets` are code points [start, end) where they are known."""

    ids: list[int]
    offsets: list[tuple[int, int]] | None


@dataclass(frozen=True)
class Renderer:
    """Renders conversations by one chat template and tokenises the result."""

    tokenizer: Any
    template: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """More arguments for the template, such as `enable_thinking`."""

    def render(
        self,
        messages: Sequence[Message],
        tools: list[dict[str, Any]] | None = None,
        generation_prompt: bool = False,
    ) -> str:
        """The text of a conversation; raises `RenderError`."""
        from jinja2 import TemplateError

        try:
            text = self.tokenizer.apply_chat_template(
                list(messages),
                tools=tools,
                chat_template=self.template,
                add_generation_prompt=generation_prompt,
                tokenize=False,
                **self.arguments,
            )
        except (TemplateError, *_TEMPLATE_FAULTS) as error:
            raise RenderError(f"{type(error).__name__}: {error}") from error
        return str(text)

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Tokenise texts in which the template has already put the special tokens."""
        if not texts:
            return []
        fast = bool(getattr(self.tokenizer, "is_fast", False))
        output = self.tokenizer(
            list(texts), add_special_tokens=False, return_offsets_mapping=fast, verbose=False
        )
        offsets = output["offset_mapping"] if fast else [None] * len(texts)
        return [Encoded(*pair) for pair in zip(output["input_ids"], offsets, strict=True)]

    def special_ids(self) -> frozenset[int]:
        """The tokens that stand for structure, not for text."""
        added = self.tokenizer.added_tokens_decoder.items()
        return frozenset(self.tokenizer.all_special_ids) | {
            i for i, token in added if token.special
        }

    def special_texts(self) -> tuple[str, ...]:
        """How the special tokens are spelt: text that holds one is read as structure."""
        return tuple(self.tokenizer.convert_ids_to_tokens(sorted(self.special_ids())))
