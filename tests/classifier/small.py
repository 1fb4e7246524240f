"""Labelled texts and a small classifier, made without training."""

import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from curate.classifier.features import sparse
from curate.classifier.file import encoded
from curate.classifier.model import Classifier, Details, Linear, Words

KIND = ("thanks", "please", "glad", "welcome", "helpful", "lovely")
RUDE = ("stupid", "shut", "idiot", "hate", "awful", "useless")
PLAIN = ("the", "answer", "is", "in", "your", "mail", "we", "sent", "it", "today", "for", "you")


def labelled(number: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """So many different texts, half of them kind and half rude, by the words that they have."""
    random = Random(seed)
    texts, labels = [], []
    for place in range(number):
        own, label = ((KIND, "kind"), (RUDE, "rude"))[place % 2]
        words = random.choices(PLAIN, k=6) + random.choices(own, k=2)
        random.shuffle(words)
        texts.append(f"{' '.join(words)} {place}.")
        labels.append(label)
    return texts, labels


def details(**changed: Any) -> Details:
    """What the file of the small classifier says."""
    told = {
        "name": "tone",
        "labels": ("kind", "rude", "so-so"),
        "features": Words(bits=12, ngrams=2),
        "temperature": 0.7,
        "c": 10.0,
        "seed": 0,
        "folds": 5,
        "examples": 40,
        "data": "0" * 32,
        "figures": {},
    }
    return Details.model_validate(told | changed)


def small() -> Classifier:
    """A classifier of three labels over the words of 40 texts, with weights by chance."""
    found = sparse(labelled(40)[0], True, 12, 1)
    random = np.random.default_rng(0)
    weights = random.normal(size=(len(found.slots), 3)).astype(np.float32)
    return Classifier(details(), found.slots, Linear(weights, random.normal(size=3)))


@cache
def small_file() -> Path:
    """The file of the small classifier, for this process and its children."""
    path = Path(tempfile.mkdtemp()) / "tone.classifier"
    path.write_bytes(encoded(small()))
    return path
