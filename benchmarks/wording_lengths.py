"""How much longer or shorter augmenters make prompts, by their own defaults.

    python benchmarks/wording_lengths.py [--data ../shared/data] [AUGMENTER ...]

Prompts are every fifth of Banking77's training set (Casanueva et al. 2020) and the first 1,500
questions of GSM8K (Cobbe et al. 2021). Of each augmenter the characters of a wording by those of
the prompt are printed, of the wordings that differ: the least, quantiles, and the most. The default
of the gate `length_ratio` was chosen by them.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from curate.augmenting.applying import reworded
from curate.augmenting.protecting import protected
from curate.augmenting.registry import augmenter_of

HERE = Path(__file__).parent
QUANTILES: Final = (0.0, 0.001, 0.01, 0.5, 0.99, 0.999, 1.0)
AUGMENTERS: Final = (
    *("KeyboardAug", "OcrAug", "RandomCharAug", "RandomWordAug"),
    *("SpellingAug", "SplitAug", "RandomSentAug"),
)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("names", nargs="*", default=AUGMENTERS, metavar="AUGMENTER")
    given = parser.parse_args()
    texts = [*banking(given.data), *questions(given.data)]
    kept = [protected(text) for text in texts]
    print(f"{'':16}{'differ':>14}", *(f"{each:>7}" for each in QUANTILES))
    for name in given.names:
        made = reworded(augmenter_of(name), texts, kept, range(len(texts)))
        ratios = [len(new) / len(old) for old, new in zip(texts, made, strict=True) if new != old]
        found = np.quantile(ratios, QUANTILES)
        counted = f"{len(ratios):,} of {len(texts):,}"
        print(f"{name:16}{counted:>14}", *(f"{each:7.3f}" for each in found))


def banking(data: Path) -> Iterator[str]:
    """Every fifth question to a bank."""
    with gzip.open(data / "labelled" / "banking77_train.csv.gz", "rt", encoding="utf-8") as file:
        yield from (row["text"] for row in islice(csv.DictReader(file), 0, None, 5))


def questions(data: Path) -> Iterator[str]:
    """The first word problems."""
    path = data / "benchmarks" / "gsm8k_train.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line)["question"] for line in islice(file, 1_500))


if __name__ == "__main__":
    main()
