"""The sentence that a causal language model goes on with."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.errors import InputError
from curate.models.files import ModelFiles, read_json
from curate.models.loading import load_model, load_tokenizer

MOST_TOKENS: Final = 30
"""As nlpaug has it: on average enough for a sentence."""

_ENDS: Final = frozenset(".!?。！？\n")
_CHARACTERS_A_TOKEN: Final = 8
_DEFAULT_LIMIT: Final = 1024
_DIGITS: Final = 4
"""Of logits: so that their last digits, which depend on the machine, decide nothing."""
_PROBED: Final = 8
_CLOSE: Final = 1e-3
_RIGHT: Final = "Name the folder of a causal language model, such as GPT-2"

Logits = npt.NDArray[np.float64]


class Continuation:
    """A causal language model, in float32 on the CPU."""

    def __init__(self, files: ModelFiles) -> None:
        """Raises `InputError` where it cannot be loaded, or looks at what stands behind a token."""
        config = read_json(files.folder / "config.json") if files.base is None else {}
        if config.get("is_encoder_decoder"):
            raise _wrong(files, str(config.get("model_type")))
        self._model: Any = load_model(files, "float32").eval()
        self._tokenizer: Any = load_tokenizer(files)
        told = getattr(self._model.config, "max_position_embeddings", None)
        self._limit = int(told or _DEFAULT_LIMIT)
        if not self._is_causal():
            raise _wrong(files, self._model.config.model_type)

    def sentence(self, text: str, draw: Callable[[Logits], int]) -> str | None:
        """What the model goes on with, up to the end of a sentence.

        `draw` is given the logits of all tokens and tells the next. None where a sentence does not
        end within 30 tokens. Of a long text the end is looked at.
        """
        import torch

        room = max(1, self._limit - MOST_TOKENS)
        told = self._tokenizer(text[-room * _CHARACTERS_A_TOKEN :], verbose=False)
        ids = told["input_ids"][-room:]
        if not ids:
            return None
        given, past, made = torch.tensor([ids]), None, list[int]()
        for _ in range(min(MOST_TOKENS, self._limit - len(ids))):
            with torch.inference_mode():
                said = self._model(input_ids=given, past_key_values=past, use_cache=True)
            token = draw(np.round(said.logits[0, -1].double().numpy(), _DIGITS))
            if token in self._tokenizer.all_special_ids:
                return None
            made.append(token)
            sentence: str = self._tokenizer.decode(made, skip_special_tokens=True).lstrip()
            end = next((at for at, sign in enumerate(sentence) if sign in _ENDS), None)
            if end is not None:
                return sentence[: end + 1].strip() or None
            given, past = torch.tensor([[token]]), said.past_key_values
        return None

    def _is_causal(self) -> bool:
        """Whether a token changes nothing of what is made of those before it."""
        import torch

        ids = torch.arange(_PROBED)[None] % self._model.config.vocab_size
        with torch.inference_mode():
            whole = self._model(input_ids=ids, use_cache=False).logits[0, : _PROBED // 2]
            part = self._model(input_ids=ids[:, : _PROBED // 2], use_cache=False).logits[0]
        return bool((whole - part).abs().max() <= _CLOSE * whole.abs().max())


def _wrong(files: ModelFiles, kind: str) -> InputError:
    found = f"it is of the type {kind!r}, and no causal language model"
    return InputError(f"model {files.name!r}", found, _RIGHT)


@lru_cache(maxsize=1)
def continuation(files: ModelFiles) -> Continuation:
    """A model, loaded when it is first asked for; the last stays loaded."""
    return Continuation(files)
