"""Texts a second that the step `toxicity` scores, beside Detoxify's own `predict`.

    OMP_NUM_THREADS=1 python benchmarks/toxicity.py [--data ../shared/data] [--records 1000]

A random BERT (6 layers of 384 by default) is made on the spot as a checkpoint of Detoxify, with a
tokenizer trained on the texts: prompts and answers of Alpaca, Dolly and T0 in one mixed order, or
made-up texts of such lengths where they are not there. `predict` is called with lists of 32 texts
in that order, of all texts where `--whole` is given, and with one text at a time, as users do. All
must agree. Time is that of the processor (user and system, best of some rounds, in turns), on a GPU
that of the clock; memory is the peak of a process of its own. At last a store is built twice: the
second build has another limit, and scores nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from semantic_peer import seconds
from toxicity_made import make_checkpoint, texts

from curate.build import build
from curate.models.toxicity import Device, ToxicityScorer, sigmoid
from curate.models.toxicity_files import find_toxicity
from curate.operators.toxicity import RECORDS_AT_ONCE
from curate.recipe import parse_recipe
from curate.store import Store

HERE = Path(__file__).parent
ROUNDS: Final = 2
LISTED: Final = 32
Values = np.ndarray[Any, Any]


def main() -> None:
    """Measure, and print."""
    given = arguments()
    if given.peak:
        peak(given)
        return
    torch.manual_seed(0)
    found = texts(given.data, given.records)
    with tempfile.TemporaryDirectory() as name:
        checkpoint = make_checkpoint(Path(name), found, given.layers, given.dimensions)
        (Path(name) / "texts.json").write_text(json.dumps(found))
        compare(checkpoint, found, given)
        for way in ("by length", f"lists of {LISTED}", *(["one list"] if given.whole else [])):
            command = [sys.executable, __file__, "--peak", way, "--folder", name]
            subprocess.run([*command, "--device", given.device], check=True)
        twice(checkpoint, found)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--whole", action="store_true", help="also one list of all texts")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def ways(checkpoint: Path, device: Device) -> dict[str, Callable[[list[str]], Values]]:
    """What is compared, by name; models are loaded when they are first needed."""
    from functools import cache

    @cache
    def ours() -> ToxicityScorer:
        return ToxicityScorer(find_toxicity(str(checkpoint), None, Path()), device)

    @cache
    def theirs() -> Any:
        from detoxify import Detoxify

        return Detoxify(checkpoint=str(checkpoint), device=device)

    def by_length(found: list[str]) -> Values:
        parts = range(0, len(found), RECORDS_AT_ONCE)
        made = [ours().score(found[at : at + RECORDS_AT_ONCE], None).logits for at in parts]
        return sigmoid(np.concatenate(made))

    def lists(found: list[str], size: int) -> Values:
        made = [theirs().predict(found[at : at + size]) for at in range(0, len(found), size)]
        return np.concatenate(
            [np.stack([np.atleast_1d(v) for v in one.values()], 1) for one in made]
        )

    return {
        "by length": by_length,
        f"lists of {LISTED}": lambda found: lists(found, LISTED),
        "one by one": lambda found: lists(found, 1),
        "one list": lambda found: lists(found, len(found)),
    }


def compare(checkpoint: Path, found: list[str], given: argparse.Namespace) -> None:
    compared = ways(checkpoint, given.device)
    if not given.whole:
        del compared["one list"]
    best = dict.fromkeys(compared, float("inf"))
    values: dict[str, Values] = {}
    for each in compared.values():
        each(found[:4])
    for _ in range(ROUNDS):
        for name, way in compared.items():
            before = clock(given.device)
            values[name] = way(found)
            best[name] = min(best[name], clock(given.device) - before)
    lengths = np.quantile([len(text) for text in found], [0.1, 0.5, 0.9, 1])
    print(
        f"{len(found):,} texts of 10/50/90/100 % {'/'.join(f'{q:.0f}' for q in lengths)} characters"
    )
    print(
        f"{given.device}, {torch.get_num_threads()} threads; "
        f"values have a deviation of {values['one by one'].std():.2f}"
    )
    for name, took in best.items():
        apart = float(np.abs(values[name] - values["one by one"]).max())
        rate = f"{len(found) / took:9,.1f} texts/s"
        print(f"{name:12} {rate}  x{took / best['by length']:.2f}  apart {apart:.1e}")


def clock(device: str) -> float:
    """Seconds of the processor, or of the clock where the work is elsewhere."""
    if device == "cpu":
        return seconds()
    torch.cuda.synchronize()
    return time.perf_counter()


def peak(given: argparse.Namespace) -> None:
    """Print the peak memory of one way, in this process."""
    found = json.loads((given.folder / "texts.json").read_text())
    way = ways(given.folder / "model.ckpt", given.device)[given.peak]
    way(found)
    # What `getrusage` says of a process is no less than what its parent had when it began it.
    told = Path("/proc/self/status").read_text()
    most = int(told.partition("VmHWM:")[2].split()[0])
    print(f"{given.peak:12} peak {most / 1024:,.0f} MiB")


def twice(checkpoint: Path, found: Sequence[str]) -> None:
    """Build twice; the second build has another limit, and scores nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = "".join(json.dumps({"text": text}) + "\n" for text in found)
        (folder / "data.jsonl").write_text(rows)
        store = Store.create(folder / "store")
        for limit in (0.9, 0.8):
            steps = f"  - toxicity: {{model: {checkpoint}, fields: text}}\n"
            steps += f"  - drop: {{where: toxicity > limit, limit: {limit}, field: text}}\n"
            recipe = f"dataset: d\nsources: [{{path: data.jsonl}}]\nsteps:\n{steps}"
            before = seconds(), time.perf_counter()
            version = build(parse_recipe(recipe, folder / "recipe.yaml"), store).version
            assert version is not None
            took = seconds() - before[0], time.perf_counter() - before[1]
            print(
                f"build, limit {limit}: {took[0]:.2f} s of the processor, {took[1]:.2f} s of "
                f"the clock, {version.count():,} kept"
            )


if __name__ == "__main__":
    main()
