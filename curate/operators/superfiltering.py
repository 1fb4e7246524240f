"""How hard answers are to follow from what was asked, by the perplexities of a small model."""

from collections.abc import Mapping
from math import exp, fsum
from typing import ClassVar, Final

import pyarrow as pa

from curate.models.difficulty import DifficultySignal
from curate.models.likelihood import DECIMALS

_MOST: Final = 700.0
"""Beyond this difference the exponential is no number in 64 bits."""


class Superfiltering(DifficultySignal):
    """Measure the perplexity of answers with the prompt, by that without, under a small model.

    PPL(A|Q) / PPL(A) = exp(L(A|Q) - L(A)) (Li et al. 2024, arXiv 2402.00530, section 2), for which
    the paper takes GPT-2. It is made of a difference of losses where IFD is a ratio of them: they
    rank otherwise, and no limit holds for both, but that records from 1 on are dropped. The paper's
    code leaves the first token out of one of the two passes; here both score the same tokens.
    """

    name: ClassVar[str] = "superfiltering"
    version: ClassVar[int] = 1

    def signals(self) -> Mapping[str, str]:
        """The mean over the answers of a conversation, and the lowest."""
        return {
            "superfiltering": "mean over the answers of PPL(A|Q) / PPL(A)",
            "superfiltering_min": "the lowest of them",
        }

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the ratios of each conversation (float64); null where no answer has one."""
        found = [
            [exp(min(turn.given - turn.alone, _MOST)) for turn in turns]
            for turns in self.losses(texts)
        ]
        means = [round(fsum(each) / len(each), DECIMALS) if each else None for each in found]
        lowest = [round(min(each), DECIMALS) if each else None for each in found]
        return {
            "superfiltering": pa.array(means, pa.float64()),
            "superfiltering_min": pa.array(lowest, pa.float64()),
        }
