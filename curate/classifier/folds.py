"""Folds of labelled texts for cross-validation, by the texts alone."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from curate.errors import RefusedError
from curate.hashing import digest

Folds = npt.NDArray[np.int64]


def folds_of(texts: Sequence[str], labels: Sequence[str], number: int, seed: int) -> Folds:
    """The fold of each text: stratified by label, equal texts in the same one.

    The order of texts has no influence: they are dealt out in the order of a hash, each to the fold
    that has fewest of its label. Raises RefusedError where a label has fewer texts than there are
    folds.
    """
    groups: dict[str, list[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        groups.setdefault(text, []).append(label)
    main = {text: min(Counter(said).items(), key=_most)[0] for text, said in groups.items()}
    _check(main, sorted(set(labels)), number)
    held: dict[str, list[int]] = {label: [0] * number for label in set(labels)}
    size = [0] * number
    fold: dict[str, int] = {}
    salt = str(seed).encode()
    for text in sorted(groups, key=lambda one: digest(b"curate.folds.1", salt, one.encode())):
        counts = held[main[text]]
        chosen = min(range(number), key=lambda at: (counts[at], size[at], at))
        fold[text] = chosen
        counts[chosen] += len(groups[text])
        size[chosen] += len(groups[text])
    return np.array([fold[text] for text in texts], np.int64)


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _check(main: dict[str, str], labels: Sequence[str], number: int) -> None:
    texts = Counter(main.values())
    rarest = min(labels, key=lambda label: texts[label])
    if texts[rarest] < number:
        raise RefusedError(
            f"label {rarest!r}",
            f"it has {texts[rarest]} different texts, and there are {number} folds",
            f"Label more, leave it out, or say --folds {max(texts[rarest], 2)}",
        )
