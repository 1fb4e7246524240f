"""Storing the hidden states of a language model as vectors of texts."""

from typing import ClassVar

from curate.models.represented import Represented


class HiddenState(Represented):
    """Store the position-weighted mean of a language model's last hidden states of each text.

    It is the representation of RDS+ (Ivison et al. 2025, arXiv 2503.01807, section 3), which the
    step `rds` compares: the i-th token weighs i, padding nothing. A conversation is written whole,
    as the chat template writes it. A text without a token has no vector.
    """

    name: ClassVar[str] = "hidden_state"
    version: ClassVar[int] = 1
