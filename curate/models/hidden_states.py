"""Texts as the position-weighted means of a language model's last hidden states.

The representation of RDS+ (Ivison et al. 2025, arXiv 2503.01807, section 3): of n tokens the i-th
weighs i / (1 + ... + n). Only a text's own tokens count: its vector does not depend on the padding,
nor on the texts beside it (`models.causal`), where the paper's code gives weight to padding too.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from curate.models.causal import CausalModel
from curate.models.embedding import Vectors, fixed_point

Means = npt.NDArray[np.float32]


def directions(model: CausalModel, texts: Sequence[Sequence[int]]) -> Vectors:
    """The direction of each text's weighted mean, in fixed point [texts, dimensions].

    `texts` are their tokens; a text without any has zeros. Raises `InputError` where the model
    gives no finite numbers.
    """
    due = [place for place, ids in enumerate(texts) if len(ids)]

    def make(places: Sequence[int], tokens: int, rows: int) -> list[Means]:
        return list(_means(model, [texts[due[place]] for place in places], tokens, rows))

    found: Vectors | None = None
    for place, mean in model.in_batches([len(texts[row]) for row in due], make):
        if found is None:
            found = np.zeros((len(texts), len(mean)), np.int16)
        found[due[place]] = fixed_point(mean[None])[0]
    return np.zeros((len(texts), 0), np.int16) if found is None else found


def _means(model: CausalModel, texts: Sequence[Sequence[int]], tokens: int, rows: int) -> Means:
    import torch

    ids = np.zeros((rows, tokens), np.int64)
    weights = np.zeros((rows, tokens), np.float32)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        places = np.arange(1, len(text) + 1, dtype=np.float64)
        weights[row, : len(text)] = places / places.sum()
    with torch.inference_mode():
        states = model.states(torch.from_numpy(ids).to(model.device)).float()
        means = torch.bmm(torch.from_numpy(weights).to(states.device)[:, None], states)[:, 0]
    found: Means = means.cpu().numpy()[: len(texts)]
    model.check_finite(found)
    return found
