"""Semantic deduplication: paraphrases told apart, and CPU time beside semhash.

    python benchmarks/semantic.py [--data ../shared/data] [--peer PYTHON] [--records 20000]

Models come from packages (`semantic_models`); what is not installed is left out. `--peer` is a
Python that has semhash. Both processes embed the same texts by the same static model; semhash uses
an approximate index and keeps the first of a group, curate compares all pairs and counts how many
would go at four thresholds more.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from semantic_models import glove, minilm
from semantic_pairs import POINTS, Pairs, Scores, area, curve, jaccard, load

from curate.models.embedding import embed
from curate.models.embedding_files import find_embedding

HERE = Path(__file__).parent
ROUNDS = 3


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--peer", help="a Python with semhash")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=2_000, help="for the transformer")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        static = glove(Path(folder) / "glove")
        paraphrases(given.data / "neardup", static, given.pairs)
        if static is not None:
            speed(given, static, Path(folder))


def paraphrases(folder: Path, static: Path | None, some: int) -> None:
    """Precision and recall of lexical and of semantic similarity, on the same pairs."""
    for count, models in ((None, {"GloVe static": static}), (some, {"MiniLM": minilm()})):
        pairs = load(folder, count)
        print(f"\nPAN, {len(pairs.same):,} pairs, {int(pairs.same.sum()):,} of them paraphrases")
        tell("words, 1-grams", jaccard(pairs, "words", 1), pairs)
        tell("words, 5-grams", jaccard(pairs, "words", 5), pairs)
        tell("characters, 5-grams", jaccard(pairs, "characters", 5), pairs)
        for name, model in models.items():
            if model is not None:
                tell(name, cosines(model, pairs), pairs)


def cosines(model: Path, pairs: Pairs) -> Scores:
    """The cosine of each pair; 0 where a text has no direction."""
    vectors = embed(find_embedding(str(model), Path()), [*pairs.ones, *pairs.others], 512)
    ones, others = np.split(vectors.astype(np.float64), 2)
    sizes = np.linalg.norm(ones, axis=1) * np.linalg.norm(others, axis=1)
    return np.divide((ones * others).sum(1), sizes, out=np.zeros(len(sizes)), where=sizes > 0)


def tell(name: str, scores: Scores, pairs: Pairs) -> None:
    """Print precision / recall at thresholds."""
    points = "  ".join(
        f"{each.threshold:g}: {each.precision:.3f}/{each.recall:.3f}"
        for each in curve(scores, pairs.same, POINTS)
    )
    print(f"{name:20} area {area(scores, pairs.same):.4f}  {points}")


def speed(given: argparse.Namespace, model: Path, folder: Path) -> None:
    """CPU seconds of both on the same texts, the best of some rounds, in turns."""
    import gzip

    texts = folder / "texts.json"
    with gzip.open(given.data / "sft" / "t0_50k.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    drawn = np.random.default_rng(0).permutation(len(rows))[: given.records].tolist()
    rows = [rows[place] for place in drawn]
    texts.write_text(json.dumps([f"{row['prompt']}\n\n{row['completion']}" for row in rows]))
    pythons = {"curate": (sys.executable, "semantic_work.py")}
    if given.peer:
        pythons["semhash"] = (given.peer, "semantic_peer.py")
    best: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for name, (python, script) in pythons.items():
            command = [python, str(HERE / script), str(texts), str(model), "0.9"]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(run.stdout.splitlines()[-1])
            if name not in best or found["work"] < best[name]["work"]:
                best[name] = found
    print(f"\n{len(rows):,} records of T0, threshold 0.9, CPU seconds, best of {ROUNDS}")
    for name, found in best.items():
        print(name, json.dumps(found))
    if "semhash" in best:
        print(f"ratio {best['semhash']['work'] / best['curate']['work']:.2f}")


if __name__ == "__main__":
    main()
