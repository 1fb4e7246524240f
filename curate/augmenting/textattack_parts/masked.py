"""Words by a masked language model that lies on the disk."""

from typing import Any, Final

from textattack.transformations import (
    CompositeTransformation,
    WordInsertionMaskedLM,
    WordMergeMaskedLM,
    WordSwapMaskedLM,
)
from textattack.transformations.word_merges.word_merge_masked_lm import find_merge_index

from curate.augmenting.textattack_parts.speech import tag
from curate.augmenting.textattack_parts.words import replaced
from curate.augmenting.wordnet import WordNet
from curate.errors import RefusedError
from curate.models.masked import MaskedModel

KNOWN: Final = ("bert", "electra", "roberta", "bart", "longformer")
"""Types of models of which TextAttack knows how tokens make words."""

_ALL_WORDS: Final = float("inf")


class _Short:
    """Texts are padded to the longest of a batch, and not all to the most that a model reads."""

    def _encode_text(self: Any, text: Any) -> Any:
        return self._lm_tokenizer(
            text, max_length=self.max_length, truncation=True, padding=True, return_tensors="pt"
        )


class SwapMasked(_Short, WordSwapMaskedLM):
    """A word as another that the model expects there."""


class InsertMasked(_Short, WordInsertionMaskedLM):
    """A word that the model expects before another."""


class MergeMasked(_Short, WordMergeMaskedLM):
    """Two words as one that the model expects, where their parts of speech go together.

    The original asks a tagger that is fetched, and merges words that must not be changed.
    """

    def __init__(self, dictionary: WordNet, **settings: Any) -> None:
        super().__init__(**settings)
        self._dictionary = dictionary

    def _get_transformations(self, current_text: Any, indices_to_modify: set[int]) -> list[Any]:
        words = current_text.words
        pairs = [at for at in sorted(indices_to_modify) if at + 1 in indices_to_modify]
        places = find_merge_index([tag(self._dictionary, word) for word in words], pairs)
        made = []
        for at, merged in zip(places, self._get_merged_words(current_text, places), strict=True):
            for word in (one.strip("Ġ") for one in merged):
                if word not in words[at : at + 2] and any(map(str.isalpha, word)):
                    made.append(replaced(current_text, [at, at + 1], word))
        return made


def clare(masked: MaskedModel, dictionary: WordNet, where: str) -> Any:
    """CLARE's three changes as one (Li et al. 2020, arXiv 2009.07502), with TextAttack's limits.

    Raises RefusedError as `settings_of`, in which `where` names the model.
    """
    known = {**settings_of(masked, where), "max_candidates": 50}
    return CompositeTransformation(
        [
            SwapMasked(method="bae", min_confidence=5e-4, **known),
            InsertMasked(min_confidence=0.0, **known),
            MergeMasked(dictionary, min_confidence=5e-3, **known),
        ]
    )


def settings_of(masked: MaskedModel, where: str) -> dict[str, Any]:
    """What the transformations need of a model. Raises RefusedError for an unknown type."""
    kind = masked.model.config.model_type
    if kind not in KNOWN:
        found = f"it is of the type {kind!r}, of which TextAttack does not know how tokens join"
        raise RefusedError(where, found, f"Use a model of the type {', '.join(KNOWN)}")
    return {
        "masked_language_model": masked.model,
        "tokenizer": masked.tokenizer,
        "max_length": masked.limit,
        "window_size": _ALL_WORDS,
    }
