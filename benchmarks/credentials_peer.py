"""Secrets by detect-secrets 1.5.0: CPU time of a prompt, and what it finds, for `credentials.py`.

    python -m venv peer && peer/bin/pip install detect-secrets==1.5.0
    peer/bin/python benchmarks/credentials_peer.py [--data ../shared/data] [--sizes 500 2500]

It needs nothing of curate. The slope between two sizes is what a prompt costs without start-up.
With `--curate`, by an environment that has curate, the same is measured of curate instead.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROUNDS = 3


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--sizes", type=int, nargs=2, default=(500, 2500))
    parser.add_argument("--curate", action="store_true")
    given = parser.parse_args()
    few, many = given.sizes
    texts = prompts(given.data / "sft" / "t0_50k.jsonl.gz", many)
    find = ours if given.curate else theirs
    rounds = 1 if find is theirs else 7 * ROUNDS
    cost = (spent(find, texts, rounds) - spent(find, texts[:few], rounds)) / (many - few) * 1e6
    size = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} prompts of {size:.0f} characters, {cost:,.1f} µs each", end="; ")
    print(f"found: {find(texts)}")


def prompts(file: Path, count: int) -> list[str]:
    """Prompts spread over the file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        all_ = [json.loads(line)["prompt"] for line in lines]
    return all_[:: max(1, len(all_) // count)][:count]


def theirs(texts: Sequence[str]) -> int:
    """How much detect-secrets finds, by its default plugins and filters, in one file."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    with tempfile.TemporaryDirectory() as folder, default_settings():
        file = Path(folder) / "prompts.txt"
        file.write_text("\n".join(texts), encoding="utf-8")
        return sum(1 for _ in scan_file(str(file)))


def ours(texts: Sequence[str]) -> int:
    """How much curate finds."""
    import pyarrow as pa
    from credentials import FINDER

    return sum(len(each) for _, _, each in FINDER.find(pa.array(texts)))


def spent(find: Callable[[Sequence[str]], int], texts: Sequence[str], rounds: int) -> float:
    """The least CPU time of some rounds."""
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        find(texts)
        least = min(least, time.process_time() - start)
    return least


if __name__ == "__main__":
    main()
