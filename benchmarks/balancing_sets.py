"""Labelled texts for `balancing.py`: learned from, an unlabelled pool, and judged."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Rows = Sequence[tuple[str, str]]
"""Texts with their labels."""

POOL: Final = 0.3
"""The share of what could be learned from whose labels are hidden."""
SKEW: Final = 20
"""How many times the largest class of a skewed set is larger than its smallest."""


class Parts(NamedTuple):
    """One set, as one seed parts it."""

    train: Rows
    pool: Rows
    test: Rows


def parts(name: str, data: Path, seed: int) -> Parts:
    """The set of a name; `NAME-skewed` has classes whose sizes fall off like a geometric series."""
    generator = np.random.default_rng(seed)
    plain, _, skewed = name.partition("-")
    train, test = SETS[plain](data, generator)
    train = _distinct(train, {text for text, _ in test})
    order = generator.permutation(len(train))
    cut = round(POOL * len(train))
    pool, own = [train[n] for n in order[:cut]], [train[n] for n in order[cut:]]
    return Parts(_skewed(own, generator) if skewed else own, pool, test)


def _distinct(rows: Rows, other: set[str]) -> list[tuple[str, str]]:
    """One of equal texts, and none that is judged."""
    first = {text: label for text, label in reversed(rows) if text not in other}
    return sorted(first.items())


def _skewed(rows: Rows, generator: np.random.Generator) -> Rows:
    labels = sorted({label for _, label in rows})
    ranks = dict(zip(labels, generator.permutation(len(labels)).tolist(), strict=True))
    kept: dict[str, int] = {}
    found = []
    counts = {label: sum(one == label for _, one in rows) for label in labels}
    for text, label in rows:
        share = SKEW ** (-ranks[label] / max(1, len(labels) - 1))
        if kept.get(label, 0) < max(2, round(counts[label] * share)):
            kept[label] = kept.get(label, 0) + 1
            found.append((text, label))
    return found


def _clinc(data: Path, _: np.random.Generator) -> tuple[Rows, Rows]:
    held = json.loads(_text(data / "labelled/clinc150_full.json.gz"))
    sides = [held["train"] + held["oos_train"], held["test"] + held["oos_test"]]
    train, test = ([(text, label) for text, label in side] for side in sides)
    return train, test


def _banking(data: Path, _: np.random.Generator) -> tuple[Rows, Rows]:
    found = []
    for side in ("train", "test"):
        rows = csv.DictReader(io.StringIO(_text(data / f"labelled/banking77_{side}.csv.gz")))
        found.append([(row["text"], row["category"]) for row in rows])
    return found[0], found[1]


def _sms(data: Path, generator: np.random.Generator) -> tuple[Rows, Rows]:
    lines = _text(data / "labelled/sms_spam_5574.tsv.gz").splitlines()
    pairs = [line.partition("\t") for line in lines if line]
    return _halves([(text, label) for label, _, text in pairs], generator)


def _davidson(data: Path, generator: np.random.Generator) -> tuple[Rows, Rows]:
    rows = csv.DictReader(io.StringIO(_text(data / "toxicity/davidson_24783.csv.gz")))
    names = ("hate", "offensive", "neither")
    return _halves([(row["tweet"], names[int(row["class"])]) for row in rows], generator)


def _halves(rows: Rows, generator: np.random.Generator) -> tuple[Rows, Rows]:
    rows = _distinct(rows, set())
    side: npt.NDArray[np.bool_] = generator.random(len(rows)) < 0.5
    train = [row for row, here in zip(rows, side, strict=True) if here]
    return train, [row for row, here in zip(rows, side, strict=True) if not here]


def _text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


SETS: Final[dict[str, Callable[[Path, np.random.Generator], tuple[Rows, Rows]]]] = {
    "clinc150": _clinc,
    "banking77": _banking,
    "sms_spam": _sms,
    "davidson": _davidson,
}
