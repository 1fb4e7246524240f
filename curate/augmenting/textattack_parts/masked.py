"""Words by a masked language model that lies on the disk."""

from typing import Any, Final

from textattack.shared.utils import is_one_word
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

MOST_TOKENS: Final = 6
"""Of a word: what has more is no word to the model."""

_ALL_WORDS: Final = float("inf")


class _Short:
    """Texts are padded to the longest of a batch, and not all to the most that a model reads."""

    def _encode_text(self: Any, text: Any) -> Any:
        return self._lm_tokenizer(
            text, max_length=self.max_length, truncation=True, padding=True, return_tensors="pt"
        )


class SwapMasked(_Short, WordSwapMaskedLM):
    """A word as another that the model expects there."""


class SwapTokens(SwapMasked):
    """A word as other tokens, the likeliest combinations of them where it has several.

    The original tries all combinations, 8 to the power of their number, and keeps the first.
    """

    def _bert_attack_replacement_words(
        self, current_text: Any, index: int, id_preds: Any, masked_lm_logits: Any
    ) -> list[str]:
        tokens = self._lm_tokenizer.encode(current_text.words[index], add_special_tokens=False)
        if len(tokens) == 1:
            given = {"id_preds": id_preds, "masked_lm_logits": masked_lm_logits}
            return list(super()._bert_attack_replacement_words(current_text, index, **given))
        masked = current_text.replace_word_at_index(index, self._lm_tokenizer.mask_token)
        ids = self._encode_text(masked.text)["input_ids"][0].tolist()
        if len(tokens) > MOST_TOKENS or self._lm_tokenizer.mask_token_id not in ids:
            return []
        begin = ids.index(self._lm_tokenizer.mask_token_id)
        logits = masked_lm_logits[begin : begin + len(tokens)].log_softmax(dim=1)
        found = _combined(logits, id_preds[begin : begin + len(tokens)], self.max_candidates)
        convert = self._lm_tokenizer.convert_ids_to_tokens
        words = ["".join(convert(one)).replace("##", "") for one in found]
        return [word for word in words if is_one_word(word)]


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


def _combined(logits: Any, choices: Any, most: int) -> list[list[int]]:
    """The likeliest combinations of tokens, one of the choices at each place."""
    best = [(0.0, list[int]())]
    for likely, ids in zip(logits, choices.tolist(), strict=True):
        longer = [(sum_ + float(likely[one]), [*made, one]) for sum_, made in best for one in ids]
        best = sorted(longer, key=lambda one: -one[0])[:most]
    return [made for _, made in best]
