"""Does balancing help? Macro-F1 of a classifier that learns from each balanced snapshot.

    python benchmarks/balancing.py [--data ../shared/data] [--sets sms_spam davidson] [--seeds 5]

Each set is parted by a seed: what is learned from, a pool whose labels are hidden (30 %), and what
is judged (the official test, or half). Each method builds a version with curate from what is
learned from; `oversample` alone sees the pool. A linear support vector machine (scikit-learn's
`LinearSVC`, C = 1) learns from the version, over words and pairs of words by TF-IDF, and is judged
on the same records whatever the method. `weights` is no method of curate: the machine weighs
classes against their sizes and nothing is dropped. `classifier` is what `curate classifier train`
makes (a logistic regression, two folds, c 10), and with a name behind it the ensemble of that name;
these are held against `classifier`, all others against `raw`. A method is better or worse where all
seeds but one or all agree and the mean differs by more than 0.5 points.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from balancing_sets import SETS, Parts, Rows, parts
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from curate.build import build
from curate.classifier.crossing import Settings
from curate.classifier.ensembles import MEMBERS, OF_TREES
from curate.classifier.model import Ensemble
from curate.classifier.scoring import of_nothing, probabilities
from curate.classifier.training import train
from curate.errors import RefusedError
from curate.recipe import load_recipe
from curate.store import Store

HERE: Final = Path(__file__).parent
BY: Final = "by: labels.label"
METHODS: Final[Mapping[str, str | None]] = {
    "raw": None,
    "weights": None,
    "balance, smallest": f"balance: {{{BY}}}",
    "balance, median": f"balance: {{{BY}, to: median}}",
    "balance, median, repeats": f"balance: {{{BY}, to: median, repeats: 20}}",
    "balance, largest, repeats": f"balance: {{{BY}, to: largest, repeats: 1000}}",
    "mix, temperature 2, repeats": f"mix: {{{BY}, temperature: 2, repeats: 20}}",
    "bags, 5": f"bags: {{{BY}}}",
    "bags, 5, to median": f"bags: {{{BY}, to: median, replace: true}}",
    **{
        name: f"resample: {{{BY}, sampler: {name}}}"
        for name in (
            *("RandomOverSampler", "RandomUnderSampler", "NearMiss", "ClusterCentroids"),
            *("TomekLinks", "EditedNearestNeighbours", "RepeatedEditedNearestNeighbours"),
            *("AllKNN", "OneSidedSelection", "NeighbourhoodCleaningRule"),
            *("CondensedNearestNeighbour", "InstanceHardnessThreshold"),
        )
    },
    **{
        name: f"oversample: {{{BY}, sampler: {name}, pool: pool{options}}}"
        for name, options in (
            ("SMOTE", ""),
            ("BorderlineSMOTE", ""),
            ("SVMSMOTE", ""),
            ("ADASYN", ""),
        )
    },
    "classifier": None,
    **{f"classifier, {name}": None for name in MEMBERS},
}
SLOW: Final = {"CondensedNearestNeighbour", "InstanceHardnessThreshold", "SVMSMOTE"}
"""They fit a model for each class or record: run on two classes only."""
MANY: Final = 20
"""Classes from which on these are left out."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    default = ["sms_spam", "davidson", "banking77", "banking77-skewed", "clinc150-skewed"]
    parser.add_argument("--sets", nargs="+", default=default, help=", ".join(SETS))
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    for name in given.sets:
        scores: dict[str, list[float]] = {}
        sizes: dict[str, list[int]] = {}
        for seed in range(given.seeds):
            measure(parts(name, given.data, seed), seed, given.methods, scores, sizes)
        show(name, scores, sizes)


def measure(
    held: Parts,
    seed: int,
    methods: Sequence[str],
    scores: dict[str, list[float]],
    sizes: dict[str, list[int]],
) -> None:
    """Judge every method on one seed."""
    counts = Counter(label for _, label in held.train)
    print(f"  seed {seed}: {len(held.train):,} of {len(counts)} classes, ", end="")
    print(f"{min(counts.values()):,} to {max(counts.values()):,}", flush=True)
    for method in methods:
        if method in SLOW and len(counts) > 2:
            continue
        start = process_time()
        try:
            score, size = scored(held, method, seed)
        except RefusedError as error:
            print(f"    {method}: {error.found}", flush=True)
            continue
        scores.setdefault(method, []).append(score)
        sizes.setdefault(method, []).append(size)
        spent = process_time() - start
        print(f"    {method}: {scores[method][-1]:.3f} ({spent:.0f} CPU s)", flush=True)


def scored(held: Parts, method: str, seed: int) -> tuple[float, int]:
    """Macro-F1 of a method, and how many records are learned from."""
    if method.startswith("classifier"):
        return classified(held, method.partition(", ")[2], seed), len(held.train)
    bags = learned_from(held, METHODS[method], seed)
    return judged(bags, held.test, method == "weights"), sum(map(len, bags)) // len(bags)


def classified(held: Parts, ensemble: str, seed: int) -> float:
    """Macro-F1 on `test` of what `curate classifier train` makes of all records."""
    chosen = Ensemble(kind=ensemble, members=MEMBERS[ensemble]) if ensemble else None
    c = None if ensemble in OF_TREES else 10.0
    settings = Settings("label", folds=2, seed=seed, c=c, ngrams=2, ensemble=chosen)
    texts, labels = zip(*held.train, strict=True)
    made = train(texts, labels, settings).classifier
    found = probabilities(made, pa.array([text for text, _ in held.test]))
    found[np.isnan(found[:, 0])] = of_nothing(made)
    guessed = [made.details.labels[at] for at in found.argmax(axis=1)]
    return float(f1_score([label for _, label in held.test], guessed, average="macro"))


def learned_from(held: Parts, step: str | None, seed: int) -> list[Rows]:
    """What a method leaves to learn from: one list, or one for each bag."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home / "train.jsonl", held.train)
        pooled = step is not None and "pool: pool" in step
        if pooled:
            write(home / "pool.jsonl", [(text, None) for text, _ in held.pool])
        fields = "key: n, map: {text: text, labels: {label: label}}"
        recipe = f"dataset: d\nseed: {seed}\nsources:\n"
        for name in ("train", "pool") if pooled else ("train",):
            recipe += f"  - {{path: {name}.jsonl, name: {name}, {fields}}}\n"
        (home / "r.yaml").write_text(recipe + f"steps: [{step or ''}]\n")
        store = Store.create(home / "store")
        version = build(load_recipe(home / "r.yaml"), store).version
        splits = [name for name in version.splits() if name.startswith("bag-")]
        return [read(store.version(f"d:{split}")) for split in splits] or [read(version)]


def write(path: Path, rows: Sequence[tuple[str, str | None]]) -> None:
    """As JSON Lines."""
    with path.open("w") as file:
        for number, (text, label) in enumerate(rows):
            file.write(json.dumps({"n": number, "text": text, "label": label}) + "\n")


def read(version: Any) -> Rows:
    """The texts and labels of a version."""
    rows = [row for batch in version.batches(["text", "labels"]) for row in batch.to_pylist()]
    return [(row["text"], json.loads(row["labels"])["label"]) for row in rows]


def judged(bags: Sequence[Rows], test: Rows, weighted: bool) -> float:
    """Macro-F1 on `test` of a machine that learned from each bag; of several the sum decides."""
    classes = sorted({label for _, label in test})
    total: npt.NDArray[np.float64] = np.zeros((len(test), len(classes)))
    for rows in bags:
        words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        machine = LinearSVC(class_weight="balanced" if weighted else None, random_state=0)
        machine.fit(words.fit_transform([text for text, _ in rows]), [label for _, label in rows])
        margins = machine.decision_function(words.transform([text for text, _ in test]))
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        for place, name in enumerate(machine.classes_):
            total[:, classes.index(name)] += margins[:, place]
    guessed = np.array(classes)[total.argmax(axis=1)]
    return float(f1_score([label for _, label in test], guessed, average="macro"))


def show(
    name: str,
    scores: Mapping[str, list[float]],
    sizes: Mapping[str, list[int]],
    plain: str = "raw",
) -> None:
    """A line for each method, with what it gains on the plain one."""
    print(f"{name}\n| method | records | macro-F1, mean and standard deviation | against {plain} |")
    print("|---|---|---|---|")
    for method, found in scores.items():
        own = np.array(found)
        base = "classifier" if method.startswith("classifier, ") else plain
        raw = np.array(scores.get(base, []))
        told = ""
        if len(own) == len(raw) and method not in (plain, "classifier"):
            gain = own - raw
            agree = max((gain > 0).sum(), (gain < 0).sum()) >= len(gain) - 1
            clear = agree and abs(gain.mean()) > 0.005
            word = ("better" if gain.mean() > 0 else "worse") if clear else "no difference"
            told = f"{100 * gain.mean():+.1f} points: {word}"
        print(
            f"| {method} | {np.mean(sizes[method]):,.0f} | {own.mean():.3f} ± "
            f"{own.std(ddof=1) if len(own) > 1 else 0:.3f} | {told} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
