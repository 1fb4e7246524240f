"""Attacking texts one by one, within a budget."""

import time
import warnings
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from curate.attacks.recipe import AttackRecipe
from curate.attacks.target import FolderTarget, Scores, Target
from curate.augmenting.seeded import seeded
from curate.augmenting.textattack_loading import load_textattack
from curate.errors import RefusedError, UsageError
from curate.progress import Progress, Silent

Status = Literal["success", "failed", "skipped"]
Stretches = Sequence[tuple[int, int]]

LEAST_QUERIES: Final = 2
"""One for the text as it is, and one to try."""
MOST_WORDS: Final = 500
"""Of a text that is attacked: each word is tried, and all others read with each."""
MOST_CHARACTERS: Final = 10_000
_DIVIDER: Final = "<SPLIT>"


class Budget(NamedTuple):
    """What an attack on one text may cost."""

    queries: int | None = None
    """How often the classifier is asked, at most."""
    seconds: float | None = None
    """How long it may take; what then happens differs from run to run."""


class Attacked(NamedTuple):
    """What became of a text."""

    status: Status
    why: str
    """Of a text that was skipped, or whose budget was spent; else empty."""
    text: str
    """The changed text of a success; else the text itself."""
    queries: int
    before: Scores
    """The probabilities of the labels for the text itself."""
    after: Scores
    """Those of the changed text."""
    changed: float
    """The share of the words that were changed, put in or left out."""


class Attacker:
    """An attack on a classifier, put together once; seeds and budget are of each text."""

    def __init__(self, recipe: AttackRecipe, target: Target, budget: Budget | None = None) -> None:
        """Raises MissingExtraError, and RefusedError where the attack needs gradients."""
        self._budget = budget or Budget()
        if self._budget.queries is not None and self._budget.queries < LEAST_QUERIES:
            found = f"a budget of {self._budget.queries} queries"
            right = f"Give at least {LEAST_QUERIES}: one for the text as it is, one to try"
            raise UsageError(f"attack {recipe.name}", found, right)
        if recipe.white_box and not isinstance(target, FolderTarget):
            found = f"it needs gradients, which {target.described()} does not give"
            right = "Attack the folder of a model of transformers, or choose another attack"
            raise RefusedError(f"attack {recipe.name}", found, right)
        load_textattack(f"attack {recipe.name}")
        from curate.attacks.textattack_parts.victim import (
            KeptStretches,
            KeptWords,
            OpenVictim,
            Victim,
        )

        self._recipe, self._target = recipe, target
        if recipe.white_box and isinstance(target, FolderTarget):
            self._victim: Victim = OpenVictim(target)
        else:
            self._victim = Victim(target)
        self._words, self._stretches = KeptWords(), KeptStretches()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that TextAttack calls `warn`, which is deprecated
            self._attack = self._put_together()

    def attack(self, text: str, label: str, seed: int, kept: Stretches = ()) -> Attacked:
        """Attack a text whose right label is told; stretches of it (code points) stay."""
        from textattack.shared import AttackedText

        own = self._target.probabilities([text])[0]
        right = self._target.labels.index(label)
        if len(text) > MOST_CHARACTERS:
            return Attacked("skipped", "too long", text, 1, own, own, 0.0)
        parsed = AttackedText(text)
        why = self._skipped(own, right, parsed)
        if why:
            return Attacked("skipped", why, text, 1, own, own, 0.0)
        self._words.of(parsed, kept)
        self._stretches.of(parsed, kept)
        return self._run(parsed, right, seed, own)

    def _run(self, parsed: Any, right: int, seed: int, own: Scores) -> Attacked:
        from curate.attacks.textattack_parts.victim import OutOfTimeError

        seconds = self._budget.seconds
        self._victim.until = None if seconds is None else time.monotonic() + seconds
        text = parsed.text
        with seeded(seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, that lists of arrays are slow
            try:
                found = self._attack.attack(parsed, right).perturbed_result
            except OutOfTimeError:
                self._attack.clear_cache()
                spent = self._attack.goal_function.num_queries
                return Attacked("failed", "out of time", text, spent, own, own, 0.0)
        self._victim.until = None
        new = found.attacked_text
        after = self._target.probabilities([new.text])[0]
        if not self._succeeded(parsed, new, after, right):
            why = "out of queries" if found.num_queries == self._budget.queries else ""
            return Attacked("failed", why, text, found.num_queries, own, own, 0.0)
        changed = changed_share(parsed.words, new.words)
        return Attacked("success", "", new.text, found.num_queries, own, after, changed)

    def _succeeded(self, old: Any, new: Any, after: Scores, right: int) -> bool:
        if not self._stretches.holds(new.text):
            return False
        wrong = int(after.argmax()) != right
        return wrong if self._recipe.fools else not wrong and new.num_words < old.num_words

    def _skipped(self, own: Scores, right: int, parsed: Any) -> str:
        """Why a text is not attacked."""
        if int(own.argmax()) != right:
            return "wrong before"
        if not parsed.num_words or _DIVIDER in parsed.text:
            return "no words"
        return "too long" if parsed.num_words > MOST_WORDS else ""

    def _put_together(self) -> Any:
        from textattack import Attack

        from curate.attacks.textattack_parts.searches import Misclassified, Reduced

        recipe, queries = self._recipe, self._budget.queries
        budget = {"query_budget": float("inf") if queries is None else queries}
        if recipe.fools:
            goal: Any = Misclassified(self._victim, **budget)
        else:
            goal = Reduced(self._victim, maximizable=True, **budget)
        constraints = [*recipe.common(), self._words, self._stretches, *recipe.constraints()]
        return Attack(goal, constraints, recipe.transformation(), recipe.search())


def attack_texts(
    attacker: Attacker,
    texts: Sequence[str],
    labels: Sequence[str],
    seeds: Sequence[int],
    kept: Sequence[Stretches] | None = None,
    progress: Progress | None = None,
) -> list[Attacked]:
    """Attack texts one after the other; what becomes of one depends on none of the others."""
    listener = progress or Silent()
    found = []
    places = kept or [()] * len(texts)
    for text, label, seed, stretches in zip(texts, labels, seeds, places, strict=True):
        found.append(attacker.attack(text, label, seed, stretches))
        listener.advance(1)
    return found


def changed_share(old: Sequence[str], new: Sequence[str]) -> float:
    """How many words must be changed, put in or left out, for each word at first (Levenshtein).

    >>> changed_share("a b c d".split(), "a x c d e".split())
    0.5
    """
    row = np.arange(len(new) + 1)
    for at, word in enumerate(old, 1):
        differ = np.fromiter((word != other for other in new), np.int64, len(new))
        best = np.minimum(row[1:] + 1, row[:-1] + differ)
        # From left to right each may be one more than the one before.
        steps = np.arange(len(new) + 1)
        row = np.minimum.accumulate(np.concatenate([[at], best]) - steps) + steps
    return float(row[-1]) / max(len(old), 1)
