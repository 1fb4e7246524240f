"""TextAttack's searches and goals, with the same answer on every machine.

TextAttack sorts by numpy's default, which puts equal scores in an order that differs by
processor. It is imported when this module is.
"""

from typing import Any

import numpy as np
import torch
from textattack.goal_function_results import GoalFunctionResultStatus
from textattack.goal_functions import InputReduction, UntargetedClassification
from textattack.search_methods import GreedySearch, GreedyWordSwapWIR


class Misclassified(UntargetedClassification):
    """A wrong answer; probabilities are taken as they are, also where rounded."""

    def _process_model_outputs(self, inputs: Any, scores: Any) -> torch.Tensor:  # noqa: ARG002 - as its parent has it
        return torch.as_tensor(scores)


class Reduced(InputReduction):
    """The same answer with fewer words; probabilities are taken as they are."""

    def _process_model_outputs(self, inputs: Any, scores: Any) -> torch.Tensor:  # noqa: ARG002 - as its parent has it
        return torch.as_tensor(scores)


class WordsByWeight(GreedyWordSwapWIR):
    """Words are changed in the order of what the answer loses without each; equals by place."""

    def _get_index_order(self, initial_text: Any, max_len: int = -1) -> tuple[Any, bool]:
        if self.wir_method == "gradient":
            order, over = super()._get_index_order(initial_text, max_len)
            return np.asarray(order, np.int64), over
        _, places = self.get_indices_to_order(initial_text)
        places = sorted(places)[: self.truncate_words_to]
        without = [self._without(initial_text, place) for place in places]
        results, over = self.get_goal_results(without)
        scores = np.array([result.score for result in results])
        if self.wir_method == "weighted-saliency":
            gains = []
            for place in places[: len(scores)]:
                gain, over = (0.0, True) if over else self._best(initial_text, place)
                gains.append(gain)
            scores = _softmax(scores) * np.array(gains)
        return np.array(places, np.int64)[np.argsort(-scores, kind="stable")], over

    def _without(self, text: Any, place: int) -> Any:
        if self.wir_method == "delete":
            return text.delete_word_at_index(place)
        return text.replace_word_at_index(place, self.unk_token)

    def _best(self, text: Any, place: int) -> tuple[float, bool]:
        """The most that a change of one word gives, and whether the budget is spent."""
        changed = self.get_transformations(text, original_text=text, indices_to_modify=[place])
        if not changed:
            return 0.0, False
        results, over = self.get_goal_results(changed)
        return max((result.score for result in results), default=0.0), over


class BestFirst(GreedySearch):
    """The best change of all is made, again and again; of equals the first."""

    def perform_search(self, initial_result: Any) -> Any:
        """Search until the goal is reached, or nothing is left to try."""
        best = initial_result
        original = text = initial_result.attacked_text
        while best.goal_status != GoalFunctionResultStatus.SUCCEEDED:
            changed = self.get_transformations(text, original_text=original)
            results, over = self.get_goal_results(changed) if changed else ([], True)
            if not results:
                return best
            best = max(results, key=lambda result: result.score)
            text = best.attacked_text
            if over:
                return best
        return best


def _softmax(scores: Any) -> Any:
    if not len(scores):
        return scores
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()
