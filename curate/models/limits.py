"""How many tokens a model that reads a text as a whole can be given."""

from typing import Any


def token_limit(model: Any, tokenizer: Any) -> int:
    """The most tokens of a text, special ones included.

    That is the tokenizer's own limit, and no more than the model has places for.
    """
    told = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    # Models such as RoBERTa count places from behind the padding token's own number.
    offset = (model.config.pad_token_id or 0) + 1 if _counts_from_padding(model) else 0
    return min(int(told) - offset, int(tokenizer.model_max_length))


def _counts_from_padding(model: Any) -> bool:
    embeddings = getattr(model.base_model, "embeddings", None)
    places = getattr(embeddings, "position_embeddings", None)
    return getattr(places, "padding_idx", None) is not None
