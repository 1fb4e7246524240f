"""Build time and memory: curate beside the same steps written with `datasets` and ftfy.

    python benchmarks/build.py [--records 100000]

Both read one JSONL file of generated conversations, repair Unicode and white space, drop empty
answers and refusals, drop exact duplicates of normalised text, and write the result to disk.
curate writes ids, hashes, ledger and version besides. Each runs in a process of its own, in turn,
three times; the medians are printed with the ratio of each pair.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROUNDS = 3

RECIPE = """\
dataset: bench
sources:
  - {path: data.jsonl, name: data}
steps:
  - repair
  - rules: {pack: chat, disable: [role-order, empty-turn]}
  - exact_dedup
"""

PEER = r"""
import re, sys, unicodedata
import ftfy
from datasets import load_dataset

refusal = re.compile(r"\A\W*(?:i'm sorry|sorry)[^\n]{0,200}\Z", re.I)


def repair(rows):
    for name in ("prompt", "response"):
        rows[name] = [
            "\n".join(line.rstrip() for line in ftfy.fix_text(text).split("\n")).strip()
            for text in rows[name]
        ]
    return rows


seen = set()


def is_new(row):
    text = " ".join((row["prompt"] + "\0" + row["response"]).lower().split())
    key = hash(unicodedata.normalize("NFKC", text))
    return not (key in seen or seen.add(key))


data = load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2])
data = data.map(repair, batched=True)
data = data.filter(lambda row: bool(row["response"]) and not refusal.match(row["response"]))
data = data.filter(is_new)
data.save_to_disk(sys.argv[2] + "/out")
print(len(data))
"""


class Measure(NamedTuple):
    """One run: seconds of wall clock and of all cores together, and peak memory of one process."""

    wall: float
    cpu: float
    mebibytes: float
    kept: int


def write_data(path: Path, records: int) -> None:
    """Write conversations of some 700 bytes: 2 % duplicates, 1 % refusals, 5 % with faults."""
    choose = random.Random(1)
    words = [
        f"{a}{b}" for a in ("ser", "net", "lam", "dor", "vek") for b in ("ver", "work", "p", "é")
    ]
    lines: list[str] = []
    for number in range(records):
        prompt = " ".join(choose.choices(words, k=30)) + f" {number}?"
        response = " ".join(choose.choices(words, k=80)) + "."
        fault = choose.random()
        if fault < 0.05:
            response = response.replace(" ", "  \u200b", 1) + " donâ€™t \n"
        elif fault < 0.06:
            response = "I'm sorry, but I cannot help with that."
        elif fault < 0.08 and lines:
            lines.append(choose.choice(lines))
            continue
        lines.append(json.dumps({"prompt": prompt, "response": response}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(command: list[str], environment: dict[str, str]) -> Measure:
    """Run a command and read what the operating system counted of it."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}")
    kept = json.loads(output)["records"] if "--json" in command else int(output.split()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    return Measure(time.monotonic() - began, cpu, usage.ru_maxrss / 1024, kept)


def run_pair(folder: Path) -> tuple[Measure, Measure]:
    """Both ways once, from nothing."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    for leftover in ("store", "peer"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    ours = [sys.executable, "-m", "curate", "build", str(folder / "recipe.yaml"), "--json"]
    ours += ["--workers", "1", "--store", str(folder / "store")]
    theirs = [sys.executable, "-c", PEER, str(folder / "data.jsonl"), str(folder / "peer")]
    return measured(ours, environment), measured(theirs, environment)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder / "data.jsonl", records)
        (folder / "recipe.yaml").write_text(RECIPE)
        size = (folder / "data.jsonl").stat().st_size / 2**20
        print(f"{records:,} records, {size:.0f} MiB; one process each, median of {ROUNDS}")
        pairs = [run_pair(folder) for _ in range(ROUNDS)]
    for label, side in (("curate", 0), ("datasets + ftfy", 1)):
        runs = [pair[side] for pair in pairs]
        wall, cpu, memory, kept = (statistics.median(values) for values in zip(*runs, strict=True))
        figures = f"{wall:6.1f} s  cpu {cpu:6.1f} s  peak {memory:5.0f} MiB"
        print(f"{label:16} {figures}  kept {kept:,}")
    ratios = sorted(theirs.cpu / ours.cpu for ours, theirs in pairs)
    middle = statistics.median(ratios)
    print(f"cpu, datasets / curate: {middle:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})")


if __name__ == "__main__":
    main()
