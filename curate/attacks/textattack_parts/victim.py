"""A classifier as TextAttack asks it, and places of texts that it must not change.

TextAttack is imported when this module is.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
from textattack.constraints import Constraint, PreTransformationConstraint
from textattack.models.wrappers import ModelWrapper

from curate.attacks.target import FolderTarget, Scores, Target
from curate.models.limits import token_limit
from curate.models.loading import load_tokenizer
from curate.models.toxicity_files import ToxicityFiles
from curate.models.toxicity_loading import load_classifier

Stretches = Sequence[tuple[int, int]]


class OutOfTimeError(Exception):
    """A text has had its time."""


class Victim(ModelWrapper):
    """A classifier that stops to answer when the time of a text is over."""

    def __init__(self, target: Target) -> None:
        self.model = target
        self.until: float | None = None

    def __call__(self, text_input_list: Sequence[str], **_: Any) -> Scores:
        """The probabilities of texts [texts, labels]. Raises OutOfTimeError."""
        if self.until is not None and time.monotonic() > self.until:
            raise OutOfTimeError
        return self.model.probabilities(text_input_list)


class OpenVictim(Victim):
    """One of transformers, whose gradients are known; dropout is off, so that they stay."""

    def __init__(self, target: FolderTarget) -> None:
        super().__init__(target)
        self._inner = load_classifier(ToxicityFiles(target.files)).eval()
        self.tokenizer = load_tokenizer(target.files)
        self.max_length = token_limit(self._inner, self.tokenizer)

    def get_grad(self, text_input: str) -> dict[str, Any]:
        """The gradient of the loss of its own answer by each token [tokens, dimensions]."""
        import torch

        given = self.tokenizer(
            [text_input], truncation=True, max_length=self.max_length, return_tensors="pt"
        )
        vectors = self._inner.get_input_embeddings()(given["input_ids"]).detach().requires_grad_()
        mask = given["attention_mask"]
        logits = self._inner(inputs_embeds=vectors, attention_mask=mask).logits
        loss = torch.nn.functional.cross_entropy(logits, logits.argmax(dim=1))
        gradient: npt.NDArray[Any] = torch.autograd.grad(loss, vectors)[0][0].cpu().numpy()
        return {"ids": given["input_ids"][0].tolist(), "gradient": gradient}

    def _tokenize(self, inputs: Sequence[str]) -> list[list[str]]:
        encoded = self.tokenizer(list(inputs), truncation=True, max_length=self.max_length)
        return [self.tokenizer.convert_ids_to_tokens(ids) for ids in encoded["input_ids"]]


class KeptWords(PreTransformationConstraint):
    """Words of the text at first that must stay, wherever they are by now."""

    def __init__(self) -> None:
        self._places: list[int] = []

    def of(self, text: Any, stretches: Stretches) -> None:
        """From now on keep the words of a text that are in stretches of it, or reach into one."""
        spans = word_spans(text.text, text.words)
        self._places = [
            at
            for at, (begin, end) in enumerate(spans)
            if any(low < end and begin < high for low, high in stretches)
        ]

    def _get_modifiable_indices(self, current_text: Any) -> set[int]:
        kept = set(current_text.convert_from_original_idxs(self._places)) if self._places else ()
        return {at for at in range(current_text.num_words) if at not in kept}


class KeptStretches(Constraint):
    """What must stay is still there, in its order.

    It is looked at too, since what TextAttack takes for words depends on what stands beside them:
    where Chinese is left out, other words begin elsewhere.
    """

    def __init__(self) -> None:
        super().__init__(compare_against_original=True)
        self._texts: list[str] = []

    def of(self, text: Any, stretches: Stretches) -> None:
        """From now on keep these stretches of a text."""
        self._texts = [text.text[begin:end] for begin, end in stretches]

    def holds(self, text: str) -> bool:
        """Whether all are in a text, one behind the other."""
        end = 0
        for kept in self._texts:
            begin = text.find(kept, end)
            if begin < 0:
                return False
            end = begin + len(kept)
        return True

    def _check_constraint(self, transformed_text: Any, reference_text: Any) -> bool:  # noqa: ARG002 - as its parent has it
        return self.holds(transformed_text.text)


def word_spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where each of the words stands, in code points; they come one after the other."""
    spans, end = [], 0
    for word in words:
        begin = text.index(word, end)
        end = begin + len(word)
        spans.append((begin, end))
    return spans
