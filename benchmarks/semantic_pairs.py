"""Labelled paraphrase pairs: how well similarities tell them apart."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
POINTS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


class Pairs(NamedTuple):
    """Pairs of sentences, and whether one is a paraphrase of the other."""

    ones: list[str]
    others: list[str]
    same: npt.NDArray[np.bool_]


class Point(NamedTuple):
    """What a threshold finds."""

    threshold: float
    precision: float
    recall: float


def load(folder: Path, count: int | None) -> Pairs:
    """The pairs of a folder, or so many of them, drawn with a fixed seed."""
    parts = []
    for number in (1, 2):
        with gzip.open(folder / f"pan_train_s{number}.txt.gz", "rt", encoding="utf-8") as file:
            parts.append([line.rstrip("\n") for line in file])
    labels = [line.strip() == "1" for line in (folder / "pan-train.labels").open()]
    rows = np.random.default_rng(0).permutation(len(labels))[:count].tolist()
    ones, others = ([part[row] for row in rows] for part in parts)
    return Pairs(ones, others, np.array([labels[row] for row in rows]))


def jaccard(pairs: Pairs, unit: str, width: int) -> Scores:
    """The Jaccard similarity of the n-grams of lower-cased words or characters."""

    def grams(text: str) -> set[tuple[str, ...] | str]:
        low = " ".join(text.lower().split())
        items: Sequence[str] = low.split() if unit == "words" else low
        last = max(1, len(items) - width + 1)
        return {tuple(items[n : n + width]) for n in range(last)}

    found = []
    for one, other in zip(pairs.ones, pairs.others, strict=True):
        left, right = grams(one), grams(other)
        found.append(len(left & right) / len(left | right))
    return np.array(found)


def curve(scores: Scores, same: npt.NDArray[np.bool_], points: Sequence[float]) -> list[Point]:
    """Precision and recall at thresholds; a precision of nothing found is 1."""
    found = []
    for threshold in points:
        hit = scores >= threshold
        right = int(np.count_nonzero(hit & same))
        number = int(np.count_nonzero(hit))
        found.append(Point(threshold, right / number if number else 1.0, right / int(same.sum())))
    return found


def area(scores: Scores, same: npt.NDArray[np.bool_]) -> float:
    """The area under the ROC curve: how often a paraphrase scores above another pair."""
    order = np.argsort(scores, kind="stable")
    _, places, counts = np.unique(scores[order], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]
    positive = int(same.sum())
    total = ranks[same[order]].sum()
    return float((total - positive * (positive + 1) / 2) / (positive * (len(same) - positive)))
