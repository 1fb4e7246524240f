"""Does augmentation help? Macro-F1 of what learns from few examples and their children.

    python benchmarks/augmentation.py [--each 10 50] [--seeds 5] [--methods ...] [--data FOLDER]

A seed draws so many examples of each of banking77's 77 intents. Each method builds a version with
curate that has them and their children, two of each by each augmenter; the gates are those that a
recipe has by itself (length, language, unchanged, duplicate), and those that a method names. A
linear support vector machine (scikit-learn's `LinearSVC`, C = 1) learns from it, over words and
pairs of words by TF-IDF, and is judged on the official test. `repeated` has every example three
times instead, so that what is gained by more text alone can be told. A method is better or worse
than `nothing` where all seeds but one or all agree and the mean differs by more than 0.5 points.

GloVe's vectors come from the package that `semantic_models` names; without them, or without
WordNet, what needs them is left out.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
from balancing import judged, read, show
from balancing_sets import SETS, Rows
from semantic_models import glove, glove_text

from curate.build import Options, build
from curate.classifier.crossing import Settings
from curate.classifier.file import encoded
from curate.classifier.training import train
from curate.errors import CurateError
from curate.recipe import load_recipe
from curate.store import Store

HERE: Final = Path(__file__).parent
NOTHING, REPEATED = "nothing", "repeated"
TIMES: Final = 2
METHODS: Final[Mapping[str, str]] = {
    NOTHING: "",
    REPEATED: "",
    **{
        name: name
        for name in (
            *("KeyboardAug", "OcrAug", "SpellingAug", "SplitAug", "CharSwapAugmenter"),
            *("SynonymAug", "EasyDataAugmenter", "WordNetAugmenter"),
            *("DeletionAugmenter", "SwapAugmenter"),
        )
    },
    "RandomCharAug": "{RandomCharAug: {action: substitute}}",
    "RandomWordAug, swap": "{RandomWordAug: {action: swap}}",
    "RandomWordAug, delete": "{RandomWordAug: {action: delete}}",
    "WordEmbsAug, GloVe": "{WordEmbsAug: {model_type: glove, model_path: GLOVE}}",
    "EmbeddingAugmenter, GloVe": "{EmbeddingAugmenter: {vectors: GLOVE}}",
    "SynonymAug, similarity 0.8": ("SynonymAug, similarity: {model: STATIC, at_least: 0.8}"),
    "SynonymAug, label kept": "SynonymAug, label: {model: l.classifier, label: labels.label}",
}
SLOW: Final = {"EmbeddingAugmenter, GloVe", "WordNetAugmenter", "EasyDataAugmenter"}
"""Tens of texts a second: with at most `FEW` examples of each intent."""
FEW: Final = 10
WORDS: Final = 50_000
"""Of GloVe, the most frequent ones."""


def main() -> None:
    """Measure, and print a table for each number of examples."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--each", nargs="+", type=int, default=[10, 50])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = {"GLOVE": str(Path(scratch) / "glove.txt"), "STATIC": str(Path(scratch) / "static")}
        if glove_text(Path(files["GLOVE"]), WORDS) is None or glove(Path(files["STATIC"])) is None:
            files = {}
        for each in given.each:
            scores: dict[str, list[float]] = {}
            sizes: dict[str, list[int]] = {}
            for seed in range(given.seeds):
                print(f"  {each} examples of each intent, seed {seed}", flush=True)
                measure(given.data, each, seed, given.methods, files, scores, sizes)
            show(f"{each} examples of each intent", scores, sizes, NOTHING)


def measure(
    data: Path,
    each: int,
    seed: int,
    methods: Sequence[str],
    files: Mapping[str, str],
    scores: dict[str, list[float]],
    sizes: dict[str, list[int]],
) -> None:
    """Judge every method on the examples of one seed."""
    rows, test = examples(data, each, seed)
    for method in methods:
        if method in SLOW and each > FEW:
            continue
        start = process_time()
        try:
            learned = rows * (1 + TIMES) if method == REPEATED else made(rows, method, seed, files)
        except CurateError as error:
            print(f"    {method}: {error.found}", flush=True)
            continue
        scores.setdefault(method, []).append(judged([learned], test, weighted=False))
        sizes.setdefault(method, []).append(len(learned))
        spent = process_time() - start
        print(f"    {method}: {scores[method][-1]:.3f} ({spent:.0f} CPU s)", flush=True)


def examples(data: Path, each: int, seed: int) -> tuple[list[tuple[str, str]], Rows]:
    """So many examples of each intent, and the test."""
    generator = np.random.default_rng(seed)
    every, test = SETS["banking77"](data, generator)
    tested = {text for text, _ in test}
    by_label: dict[str, list[tuple[str, str]]] = {}
    for place in generator.permutation(len(every)).tolist():
        text, label = every[place]
        own = by_label.setdefault(label, [])
        if len(own) < each and text not in tested:
            own.append((text, label))
    return sorted(row for own in by_label.values() for row in own), test


def made(rows: Rows, method: str, seed: int, files: Mapping[str, str]) -> Rows:
    """The examples and their children, as a version has them."""
    step = METHODS[method]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (home / "train.jsonl").open("w") as file:
            for number, (text, label) in enumerate(rows):
                file.write(json.dumps({"n": number, "text": text, "label": label}) + "\n")
        if "l.classifier" in step:
            texts, labels = zip(*rows, strict=True)
            own = train(texts, labels, Settings("l", folds=2, seed=seed, c=10.0, ngrams=2))
            (home / "l.classifier").write_bytes(encoded(own.classifier))
        for name, path in files.items():
            step = step.replace(name, path)
        recipe = f"dataset: d\nseed: {seed}\nsources:\n  - {{path: train.jsonl, name: t, key: n, "
        recipe += "map: {text: text, labels: {label: label}}}\nsteps:\n"
        recipe += f"  - augment: {{times: {TIMES}, with: {step}}}\n" if step else "  []\n"
        (home / "r.yaml").write_text(recipe)
        store = Store.create(home / "store")
        return read(build(load_recipe(home / "r.yaml"), store, Options(workers=1)).version)


if __name__ == "__main__":
    main()
