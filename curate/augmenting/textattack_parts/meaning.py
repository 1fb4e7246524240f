"""Whether a changed text still means the same, by models that lie on the disk."""

from typing import Any

import numpy as np
import torch
from textattack.constraints.grammaticality.language_models.language_model_constraint import (
    LanguageModelConstraint,
)
from textattack.constraints.semantics.sentence_encoders import SentenceEncoder

from curate.models.embedding import UNIT, embed
from curate.models.embedding_files import EmbeddingFiles

_MOST_TOKENS = 512


class SameMeaning(SentenceEncoder):
    """Similarity by an embedding model of the user.

    TextAttack's recipes have the Universal Sentence Encoder, for which their limits were chosen.
    """

    def __init__(self, files: EmbeddingFiles, **settings: Any) -> None:
        super().__init__(**settings)
        self._files = files

    def encode(self, sentences: list[str]) -> torch.Tensor:
        """The vectors of texts, of length 1 [texts, dimensions]."""
        return (
            torch.from_numpy(embed(self._files, sentences, _MOST_TOKENS).astype(np.float32)) / UNIT
        )


class LikelyWord(LanguageModelConstraint):
    """A word must not be much less likely than the one that it replaces, by a causal model.

    It stands for GPT-2 (Kuleshov), and for the language models of Alzantot's and Jia's recipes,
    which are fetched. As there, a word counts by its first token, behind what stands before it.
    """

    def __init__(self, model: Any, tokenizer: Any, **settings: Any) -> None:
        super().__init__(**settings)
        self._model, self._tokenizer = model, tokenizer

    def get_log_probs_at_index(self, text_list: Any, word_index: int) -> list[float]:
        """The logarithm of the probability of each text's word at a place."""
        prefix = text_list[0].text_until_word_index(word_index)
        before = self._tokenizer.encode(prefix, add_special_tokens=False)[-_MOST_TOKENS:]
        if not before:
            return [0.0] * len(text_list)
        with torch.inference_mode():
            logits = self._model(torch.tensor([before])).logits[0, -1].float()
        likely = torch.log_softmax(logits, 0)
        found = []
        for text in text_list:
            tokens = self._tokenizer.encode(text.words[word_index], add_special_tokens=False)
            found.append(float(likely[tokens[0]]) if tokens else float("-inf"))
        return found
