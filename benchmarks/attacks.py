"""How often a spam filter is fooled, before and after it learned from what fools it.

    python benchmarks/attacks.py [--data ../shared/data] [--seed 0]

Of the SMS spam collection one half is learned from, and the spam of the other half is attacked; a
hash of the text parts them, and equal texts are taken once. Then the spam of the first half is
attacked twice, by two seeds; what fools the filter is added as spam, and a new filter learns from
both. It is attacked afresh. Nothing is protected, and no attack has a limit of queries.
"""

import argparse
import gzip
import hashlib
import time
from pathlib import Path
from typing import NamedTuple

from curate.attacks.recipe import AttackRecipe
from curate.attacks.recipes import attack_of
from curate.attacks.report import AttackReport, report
from curate.attacks.running import Attacker, attack_texts
from curate.attacks.target import FileTarget
from curate.classifier.crossing import Settings
from curate.classifier.file import encoded
from curate.classifier.training import train

HERE = Path(__file__).parent
ATTACKS = ("DeepWordBug", "PWWS")
SPAM = "spam"
ROUNDS = 2
SETTINGS = Settings(name="sms", folds=2, c=10.0, ngrams=1)


class Half(NamedTuple):
    """Labelled texts."""

    texts: list[str]
    labels: list[str]


class Told(NamedTuple):
    """What an attack says, and what it took."""

    report: AttackReport
    fooling: list[str]
    seconds: float
    """Of the processor."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    learned, other = parted(given.data / "labelled" / "sms_spam_5574.tsv.gz")
    sample, own = only(other, SPAM), only(learned, SPAM)
    print(f"{len(learned.texts):,} texts learned from; {len(sample.texts):,} spam attacked")
    first = trained(learned)
    tell_clean("first filter", first, other)
    recipes = [attack_of(name, {}, Path()) for name in ATTACKS]
    before = {one.name: attacked(one, first, sample, given.seed) for one in recipes}
    for one in recipes:
        rounds = range(1, ROUNDS + 1)
        added = [attacked(one, first, own, given.seed + at).fooling for at in rounds]
        texts = [text for some in added for text in some]
        whole = Half([*learned.texts, *texts], [*learned.labels, *[SPAM] * len(texts)])
        second = trained(whole)
        tell_clean(f"{len(texts)} texts of {one.name} added", second, other)
        for judge in recipes:
            tell(judge.name, before[judge.name], attacked(judge, second, sample, given.seed))


def parted(path: Path) -> tuple[Half, Half]:
    """Both halves, each in the order of a hash."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = {tuple(line.rstrip("\n").split("\t", 1)[::-1]) for line in lines}
    ordered = sorted(rows, key=lambda row: hashlib.sha256(row[0].encode()).digest())
    halves = [[row for row in ordered if _side(row[0]) == side] for side in (0, 1)]
    first, second = (Half([row[0] for row in h], [row[1] for row in h]) for h in halves)
    return first, second


def _side(text: str) -> int:
    return hashlib.sha256(b"side" + text.encode()).digest()[0] % 2


def only(half: Half, label: str) -> Half:
    """The texts of one label."""
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
    return Told(told, [one.text for one in found if one.status == "success"], seconds)


def tell_clean(what: str, target: FileTarget, other: Half) -> None:
    """Print how good a classifier is on texts as they are."""
    shares = [f"{label} {accuracy(target, only(other, label)):.1%}" for label in target.labels]
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
