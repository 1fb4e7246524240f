"""Losses of answers with and without what was asked, as IFD and Superfiltering compare them."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from curate.models.answers import Answers, answers_of, opening_of
from curate.models.likelihood import LikelihoodSignal
from curate.models.losses import Asked, LogProbs
from curate.models.rendering import Renderer


class TurnLosses(NamedTuple):
    """The mean cross-entropy, in nats, of the same tokens of one answer."""

    given: float
    """With all that stands before the answer."""
    alone: float
    """Behind nothing but the opening of an answer."""
    tokens: int


class DifficultySignal(LikelihoodSignal):
    """The base of signals that compare an answer's loss with and without its prompt.

    Both passes score the same token ids, cut alike. The pass without a prompt begins as the
    template begins an answer (behind the beginning-of-sequence token, where conversations begin
    with it), so that the first token of the answer is scored in both; where a template has no such
    opening, it is scored in neither.
    """

    places: ClassVar[frozenset[str]] = frozenset()

    min_tokens: int = Field(default=16, ge=1)
    """Answers with fewer tokens, what is cut off not counted, have no value: a ratio of so few
    says little."""

    def fields(self) -> Sequence[str]:
        """Conversations; no other text has answers."""
        return ("conversation",)

    def losses(self, texts: pa.StringArray) -> list[list[TurnLosses]]:
        """Of each conversation the losses of its answers that are long enough."""
        if not len(texts):
            return []
        renderer = self.renderer()
        records = self.records(texts)
        talks = [record for record in records if record is not None]
        answered = iter(answers_of(talks, renderer, self.limit()))
        answers = [None if record is None else next(answered) for record in records]
        opening = opening_of(renderer)
        (start,) = [encoded.ids for encoded in renderer.encode([opening])]
        bos = renderer.tokenizer.bos_token_id
        pairs = [list(self._pairs(each, start, bos)) if each else [] for each in answers]
        found = self._scored([pair for each in pairs for pair in each])
        turns = [[next(found) for _ in each] for each in pairs]
        judged = zip(records, answers, strict=True)
        refused = sum(record is not None and each is None for record, each in judged)
        self._count(turns, refused, renderer, opening)
        return turns

    def _pairs(
        self, answers: Answers, opening: list[int], bos: int | None
    ) -> Iterator[tuple[Asked, Asked]]:
        """Each answer in its conversation, and by itself: the same tokens are asked for."""
        head = [bos, *opening] if bos is not None and answers.ids[:1] == [bos] else opening
        for first, end in answers.stretches:
            last = min(end, first + self.limit() - len(head))
            ids = [*head, *answers.ids[first:last]]
            unseen = 0 if head else 1
            asked = (first + unseen, last), (len(head) + unseen, len(ids))
            if last - first - unseen >= self.min_tokens:
                yield Asked(answers.ids, asked[:1]), Asked(ids, asked[1:])

    def _scored(self, pairs: Sequence[tuple[Asked, Asked]]) -> Iterator[TurnLosses]:
        """A conversation is run once for all of its answers."""
        whole: dict[int, Asked] = {}
        for given, _ in pairs:
            before = whole.get(id(given.ids))
            stretches = [*(before.stretches if before else ()), *given.stretches]
            whole[id(given.ids)] = Asked(given.ids, stretches)
        made = self.scorer().log_probs([*whole.values(), *(alone for _, alone in pairs)])
        ours = (part for parts in made[: len(whole)] for part in parts)
        for behind, (by_itself,) in zip(ours, made[len(whole) :], strict=True):
            yield TurnLosses(_mean(behind), _mean(by_itself), len(by_itself))

    def _count(
        self, turns: Sequence[Sequence[Any]], refused: int, renderer: Renderer, opening: str
    ) -> None:
        scored = sum(map(bool, turns))
        counts = {
            "conversations scored": scored,
            "without an answer long enough": len(turns) - scored - refused,
            "that the chat template refuses": refused,
        }
        self.count(counts, renderer, f"without a prompt an answer begins with {opening!r}")


def _mean(logs: LogProbs) -> float:
    return -float(logs.mean(dtype=np.float64))
