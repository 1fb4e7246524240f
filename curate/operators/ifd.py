"""How hard answers are to follow from what was asked: IFD."""

from collections.abc import Mapping
from math import fsum
from typing import ClassVar

import pyarrow as pa

from curate.models.difficulty import DifficultySignal, TurnLosses
from curate.models.likelihood import DECIMALS


class Ifd(DifficultySignal):
    """Measure how hard answers are to follow: their loss with the prompt, by that without (IFD).

    IFD = L(A|Q) / L(A), of the mean cross-entropy of an answer's tokens (Li et al. 2023, arXiv
    2308.12032, section 2.2). Above 1 the prompt makes the answer less likely: the two do not belong
    together, and the paper drops such records; a limit is therefore an upper one, `ifd <= 1`. Of
    the rest it keeps the highest 5 to 10 %. Values of different models, templates or system prompts
    cannot be compared, nor with those of `superfiltering`.
    """

    name: ClassVar[str] = "ifd"
    version: ClassVar[int] = 1

    def signals(self) -> Mapping[str, str]:
        """The mean over the answers of a conversation, and the lowest."""
        return {
            "ifd": "mean over the answers of L(A|Q) / L(A), ratios of mean cross-entropies",
            "ifd_min": "the lowest of them",
        }

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        """Return the ratios of each conversation (float64); null where no answer has one."""
        found = [[_ratio(turn) for turn in turns if turn.alone] for turns in self.losses(texts)]
        means = [round(fsum(each) / len(each), DECIMALS) if each else None for each in found]
        lowest = [round(min(each), DECIMALS) if each else None for each in found]
        return {"ifd": pa.array(means, pa.float64()), "ifd_min": pa.array(lowest, pa.float64())}


def _ratio(turn: TurnLosses) -> float:
    return turn.given / turn.alone
