"""Classifiers trained on labels: how good on texts not learned from, how quick, beside fastText.

    python benchmarks/classifier.py [--data ../shared/data] [--peer PYTHON]

Half of each file is learned from, half is judged; a hash of the text (of the record, where one has
two sides) parts them. `--peer` is a Python with fastText's bindings, which learn from the same
half: signs apart and lower case as in its tutorial, pairs of words, 25 epochs at a rate of 0.5.
Nothing of fastText was tuned. Its time to apply leaves out how texts are made ready.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.classifier.figures import area, figures
from curate.classifier.scoring import probabilities
from curate.classifier.training import Settings, Trained, train

HERE = Path(__file__).parent
ROUNDS = 5
TIMES = (2, 10)
"""How often the texts are applied to, for the slope."""
FLIPPED = 0.05

Scores = npt.NDArray[np.float64]


class Half(NamedTuple):
    """Labelled texts."""

    texts: list[str]
    labels: list[str]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--peer", help="a Python with fasttext")
    given = parser.parse_args()
    tweets(given.data, given.peer)
    answers(given.data, given.peer)
    wrong_labels(given.data)


def tweets(data: Path, peer: str | None) -> None:
    """Hate, offence and neither; then sentences without either that name an identity."""
    learned, judged = parted(list(davidson(data)))
    print(f"tweets (Davidson): {len(learned.texts):,} learned from, {len(judged.texts):,} judged")
    made, seconds = timed(learned, "toxicity")
    madlibs = list(read_csv(data / "toxicity" / "bias_madlibs_77k.csv.gz"))
    clean = [row["Text"] for row in madlibs if row["Label"] == "NOT_BAD"]
    labels = list(made.classifier.details.labels)
    ours = scored(made, judged.texts)
    tell("curate", ours, judged, labels, seconds)
    told = {"curate": scored(made, clean)}
    if peer is not None:
        theirs = fasttext(peer, learned, [judged.texts, clean], labels)
        tell("fastText", theirs["scores"][0], judged, labels, theirs["seconds"])
        told["fastText"] = theirs["scores"][1]
    print(f"\nsentences that are not toxic (madlibs), {len(clean):,}: share taken for hate/offence")
    for who, scores in told.items():
        flagged = scores.argmax(axis=1) != labels.index("neither")
        shares = by_identity(clean, flagged)
        worst = ", ".join(f"{name} {share:.0%}" for name, share in shares[:8])
        best = ", ".join(f"{name} {share:.0%}" for name, share in shares[-4:])
        sure = float((1 - scores[:, labels.index("neither")] >= 0.9).mean())
        print(f"{who:9} {flagged.mean():.1%} ({sure:.1%} at 0.9); most: {worst}; least: {best}")


def answers(data: Path, peer: str | None) -> None:
    """Answers before and after an expert's revision; and what applying costs."""
    learned, judged = parted(list(coachlm(data)))
    print(f"\nanswers (CoachLM): {len(learned.texts):,} learned from, {len(judged.texts):,} judged")
    made, seconds = timed(learned, "quality")
    with gzip.open(data / "sft" / "alpaca_random_9k.json.gz", "rt", encoding="utf-8") as stream:
        texts = [row["output"] for row in json.load(stream)]
    ours = scored(made, judged.texts)
    tell("curate", ours, judged, list(made.classifier.details.labels), seconds)
    if peer is not None:
        labels = list(made.classifier.details.labels)
        theirs = fasttext(peer, learned, [judged.texts], labels, texts)
        tell("fastText", theirs["scores"][0], judged, labels, theirs["seconds"])
    size = sum(len(text.encode()) for text in texts) / len(texts)
    print(f"\napplying to Alpaca's answers ({len(texts):,}, {size:.0f} bytes each), CPU, one core")
    print(f"{'curate':9} {speed(made, texts):,.0f} records/s")
    if peer is not None:
        print(f"{'fastText':9} {theirs['speed']:,.0f} records/s")


def wrong_labels(data: Path) -> None:
    """Labels turned on purpose, and how many confident learning finds."""
    with gzip.open(data / "labelled" / "sms_spam_5574.tsv.gz", "rt", encoding="utf-8") as stream:
        rows = sorted({tuple(line.rstrip("\n").split("\t", 1)) for line in stream})
    random = np.random.default_rng(0)
    turned = set(random.choice(len(rows), int(FLIPPED * len(rows)), replace=False).tolist())
    other = {"ham": "spam", "spam": "ham"}
    labels = [other[row[0]] if at in turned else row[0] for at, row in enumerate(rows)]
    texts = [row[1] for row in rows]
    made = train(texts, labels, Settings("spam"))
    found = {made.texts[one.text] for one in made.errors}
    wrong = {texts[at] for at in turned}
    hit = len(found & wrong)
    print(f"\nSMS, {len(turned)} of {len(rows):,} labels turned: {len(found)} found, ", end="")
    print(f"precision {hit / len(found):.3f}, recall {hit / len(wrong):.3f}")


def davidson(data: Path) -> Iterator[tuple[str, str, str]]:
    names = {"0": "hate", "1": "offensive", "2": "neither"}
    for row in read_csv(data / "toxicity" / "davidson_24783.csv.gz"):
        yield row["tweet"], row["tweet"], names[row["class"]]


def coachlm(data: Path) -> Iterator[tuple[str, str, str]]:
    path = data / "sft" / "coachlm_revisions_half.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row["Raw Response"] != row["Revised Response"]:
                of = row["Raw Instruction"] + row["Raw Input"]
                yield of, row["Raw Response"], "raw"
                yield of, row["Revised Response"], "revised"


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path) as stream:
        yield from csv.DictReader(io.TextIOWrapper(stream, "utf-8"))


def parted(rows: Sequence[tuple[str, str, str]]) -> tuple[Half, Half]:
    """What is learned from, and what is judged."""
    halves = Half([], []), Half([], [])
    for of, text, label in rows:
        half = halves[hashlib.sha256(of.encode()).digest()[0] & 1]
        half.texts.append(text)
        half.labels.append(label)
    return halves


def timed(learned: Half, name: str) -> tuple[Trained, float]:
    began = time.process_time()
    made = train(learned.texts, learned.labels, Settings(name))
    return made, time.process_time() - began


def scored(made: Trained, texts: Sequence[str]) -> Scores:
    found = probabilities(made.classifier, pa.array(texts, pa.string()), compiled=True)
    found[np.isnan(found[:, 0])] = 1 / found.shape[1]
    return found


def tell(who: str, scores: Scores, judged: Half, labels: Sequence[str], seconds: float) -> None:
    truth = np.array([labels.index(label) for label in judged.labels])
    told = figures(scores, truth, labels)
    each = "  ".join(f"{one.label} F1 {one.f1:.3f}" for one in told.labels)
    ranked = area(scores[:, -1], truth == len(labels) - 1)
    print(
        f"{who:9} {each}  macro {told.macro_f1:.3f}  AUC ({labels[-1]}) {ranked:.4f}  "
        f"calibration error {told.calibration_error:.3f}  trained in {seconds:.1f} CPU s"
    )


def by_identity(texts: Sequence[str], flagged: npt.NDArray[np.bool_]) -> list[tuple[str, float]]:
    """The share that is flagged of the sentences with each identity, the largest first."""
    each = zip(texts, flagged, strict=True)
    pairs = [(word, hit) for text, hit in each for word in set(text.split())]
    number = Counter(word for word, _ in pairs)
    hits = Counter(word for word, hit in pairs if hit)
    named = [word for word in IDENTITIES if number[word]]
    return sorted(((word, hits[word] / number[word]) for word in named), key=lambda one: -one[1])


IDENTITIES = (
    *("lesbian", "gay", "bisexual", "transgender", "trans", "queer", "lgbt", "homosexual"),
    *("straight", "heterosexual", "male", "female", "african", "black", "white", "european"),
    *("hispanic", "latino", "latina", "mexican", "canadian", "american", "asian", "indian"),
    *("chinese", "japanese", "christian", "muslim", "jewish", "buddhist", "catholic"),
    *("protestant", "sikh", "taoist", "old", "young", "teenage", "blind", "deaf", "paralyzed"),
)


def speed(made: Trained, texts: Sequence[str]) -> float:
    """Records for each CPU second: the slope between two sizes, the best of some rounds."""
    least = []
    for times in TIMES:
        array: Any = pa.array([*texts] * times, pa.string())
        seconds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            probabilities(made.classifier, array, compiled=True)
            seconds.append(time.process_time() - began)
        least.append(min(seconds))
    return (TIMES[1] - TIMES[0]) * len(texts) / (least[1] - least[0])


def fasttext(
    peer: str,
    learned: Half,
    judged: Sequence[Sequence[str]],
    labels: Sequence[str],
    timed_on: Sequence[str] = (),
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.json"
        given = {"learned": learned, "judged": judged, "labels": labels, "timed": timed_on}
        path.write_text(json.dumps(given | {"times": TIMES, "rounds": ROUNDS}))
        run = [peer, str(HERE / "classifier_peer.py"), str(path)]
        done = subprocess.run(run, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told["scores"] = [np.array(each) for each in told["scores"]]
    return told


if __name__ == "__main__":
    main()
