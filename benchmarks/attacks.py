"""How often a classifier is fooled, before and after it learned from what fools it.

    python benchmarks/attacks.py [--set sms_spam] [--data ../shared/data] [--seed 0]

One half of a set is learned from, and the other is attacked: of `sms_spam` its spam, of `banking77`
(77 intents) 500 texts; a hash of the text parts them, and equal texts are taken once. Then the
first half is attacked (its spam twice, by two seeds); what fools the classifier is added with its
label, and a new one learns from both. It is attacked afresh. Nothing is protected, and no attack
has a limit of queries.
"""

import argparse
import gzip
import hashlib
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from balancing_sets import SETS as SOURCES

from curate.attacks.recipe import AttackRecipe
from curate.attacks.recipes import attack_of
from curate.attacks.report import AttackReport, report
from curate.attacks.running import Attacker, attack_texts
from curate.attacks.target import FileTarget
from curate.classifier.crossing import Settings
from curate.classifier.file import encoded
from curate.classifier.training import train

HERE = Path(__file__).parent
SETTINGS = Settings(name="attacked", folds=2, c=10.0, ngrams=1)


class Set(NamedTuple):
    """How a set is attacked."""

    label: str | None
    """The label of the texts that are attacked; None for all."""
    most: int
    """How many texts of the other half are attacked."""
    rounds: int
    """How often the first half is attacked, to learn from it."""
    attacks: tuple[str, ...]


SETS = {
    "sms_spam": Set("spam", 1_000, 2, ("DeepWordBug", "PWWS")),
    "banking77": Set(None, 500, 1, ("DeepWordBug",)),
}


class Half(NamedTuple):
    """Labelled texts."""

    texts: list[str]
    labels: list[str]


class Told(NamedTuple):
    """What an attack says, and what it took."""

    report: AttackReport
    fooling: Half
    seconds: float
    """Of the processor."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--set", choices=SETS, default="sms_spam")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chosen = SETS[given.set]
    learned, other = parted(rows_of(given.set, given.data / "labelled"))
    sample, own = only(other, chosen.label), only(learned, chosen.label)
    sample = Half(sample.texts[: chosen.most], sample.labels[: chosen.most])
    print(f"{len(learned.texts):,} texts learned from; {len(sample.texts):,} attacked")
    first = trained(learned)
    tell_clean("first classifier", first, other)
    recipes = [attack_of(name, {}, Path()) for name in chosen.attacks]
    before = {one.name: attacked(one, first, sample, given.seed) for one in recipes}
    for one in recipes:
        texts, labels = list(learned.texts), list(learned.labels)
        for at in range(1, chosen.rounds + 1):
            found = attacked(one, first, own, given.seed + at).fooling
            texts += found.texts
            labels += found.labels
        second = trained(Half(texts, labels))
        added = len(texts) - len(learned.texts)
        tell_clean(f"{added:,} texts of {one.name} added", second, other)
        for judge in recipes:
            tell(judge.name, before[judge.name], attacked(judge, second, sample, given.seed))


def rows_of(name: str, folder: Path) -> set[tuple[str, str]]:
    """The texts of a set, each once, with their labels."""
    if name == "sms_spam":
        with gzip.open(folder / "sms_spam_5574.tsv.gz", "rt", encoding="utf-8") as lines:
            pairs = (line.rstrip("\n").split("\t", 1) for line in lines)
            return {(text, label) for label, text in pairs}
    train_rows, test_rows = SOURCES[name](folder.parent, np.random.default_rng(0))
    return {(text, label) for text, label in [*train_rows, *test_rows]}


def parted(rows: set[tuple[str, str]]) -> tuple[Half, Half]:
    """Both halves, each in the order of a hash."""
    ordered = sorted(rows, key=lambda row: (hashlib.sha256(row[0].encode()).digest(), row[1]))
    halves = [[row for row in ordered if _side(row[0]) == side] for side in (0, 1)]
    first, second = (Half([row[0] for row in h], [row[1] for row in h]) for h in halves)
    return first, second


def _side(text: str) -> int:
    return hashlib.sha256(b"side" + text.encode()).digest()[0] % 2


def only(half: Half, label: str | None) -> Half:
    """The texts of one label, or all."""
    if label is None:
        return half
    texts = [text for text, own in zip(*half, strict=True) if own == label]
    return Half(texts, [label] * len(texts))


def trained(half: Half) -> FileTarget:
    """A classifier of a half."""
    made = train(half.texts, half.labels, SETTINGS)
    return FileTarget(encoded(made.classifier), Path(), "classifier")


def accuracy(target: FileTarget, half: Half) -> float:
    """The share of texts that it is right about."""
    likeliest = target.probabilities(half.texts).argmax(axis=1)
    named = [target.labels[place] for place in likeliest]
    return sum(a == b for a, b in zip(named, half.labels, strict=True)) / len(named)


def attacked(recipe: AttackRecipe, target: FileTarget, half: Half, seed: int) -> Told:
    """Attack each text, with a seed of its own."""
    attacker = Attacker(recipe, target)
    seeds = range(seed << 20, (seed << 20) + len(half.texts))
    began = time.process_time()
    found = attack_texts(attacker, half.texts, half.labels, seeds)
    seconds = time.process_time() - began
    told = report(found, [target.labels.index(one) for one in half.labels])
    rows = zip(found, half.labels, strict=True)
    fooling = [(one.text, label) for one, label in rows if one.status == "success"]
    texts, labels = (list(each) for each in zip(*fooling, strict=True)) if fooling else ([], [])
    return Told(told, Half(texts, labels), seconds)


def tell_clean(what: str, target: FileTarget, other: Half) -> None:
    """Print how good a classifier is on texts as they are."""
    shares = [f"all {accuracy(target, other):.1%}"]
    if len(target.labels) == 2:
        shares += [f"{each} {accuracy(target, only(other, each)):.1%}" for each in target.labels]
    print(f"{what}: right about {', '.join(shares)}", flush=True)


def tell(name: str, before: Told, after: Told) -> None:
    """Print one attack on both classifiers."""
    pairs = {
        "fooled": [one.report.success_rate for one in (before, after)],
        "right under attack": [one.report.accuracy_after for one in (before, after)],
        "words changed": [one.report.words_changed for one in (before, after)],
    }
    told = [f"{what} {a or 0:.1%} -> {b or 0:.1%}" for what, (a, b) in pairs.items()]
    speed = f"{before.report.attacked / before.seconds:.0f} texts/s"
    print(f"  {name}: {'; '.join(told)}; {before.report.queries or 0:.0f} queries, {speed}")


if __name__ == "__main__":
    main()
