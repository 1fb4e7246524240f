"""Planted personal data: all of it is found as Presidio finds it, and none of it is in the store.

    python benchmarks/pii_planted.py [--records 20000] [--equal 20000] [--scratch FOLDER]

Makes chat records with values of 20 entities (Faker's, of 12 countries) in questions, answers, tool
calls, tools, labels, meta and lines that cannot be read. First the findings of all entities that
need no model are held against Presidio's BatchAnalyzerEngine, span for span. Then the records are
built with `pii`, some are dropped by rules and as duplicates, and every file of the store is
decoded and searched for every value that was found when it was planted: after the build, after one
that was killed, and after `forget`.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
from pii_store import Search
from pii_values import ENTITIES, Planted, planted

RECIPE = """dataset: planted
sources:
  - path: {file}
    name: planted
    map: {{messages: messages, tools: tools, labels: {{owner: owner}}}}
steps:
  - repair
  - rules: chat
  - exact_dedup
  - near_dedup
  - pii:
      entities: [{entities}]
      threshold: 0.4
      action: {{CREDIT_CARD: drop, EMAIL_ADDRESS: pseudonym, PHONE_NUMBER: hash}}
      key: env:PLANTED_KEY
seed: 7
"""


def main() -> None:
    """Make, hold beside, build and search."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--equal", type=int, default=20_000, help="records held against Presidio")
    parser.add_argument("--scratch", type=Path)
    asked = parser.parse_args()
    records = planted(asked.records)
    counts = Counter(entity for one in records for entity, _ in one.values)
    print(f"{len(records):,} records, {counts.total():,} values: {dict(counts.most_common())}")
    equal(records[: asked.equal])
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        in_store(Path(folder), records)


def equal(records: list[Planted]) -> None:
    """Hold the findings of all entities against those of Presidio's engine."""
    from curate.pii.beside import batch_engine, findings_beside
    from curate.pii.finder import Finder
    from curate.pii.recognizers import DEFAULT_THRESHOLD, known_entities

    entities, texts = list(known_entities()), [one.question for one in records]
    began = time.process_time()
    ours = {row: each for row, _, each in Finder(entities).find(pa.array(texts))}
    seconds = [time.process_time() - began]
    engine, began = batch_engine(entities), time.process_time()
    theirs = findings_beside(engine, texts, entities, DEFAULT_THRESHOLD)
    differing = [
        row for row, each in enumerate(theirs) if sorted(each) != sorted(ours.get(row, []))
    ]
    seconds.append(time.process_time() - began)
    found = sum(map(len, ours.values()))
    print(
        f"{len(texts):,} texts, {len(entities)} entities, {found:,} findings: {len(differing)} "
        f"texts differ from Presidio; {seconds[0]:.1f} s of CPU against {seconds[1]:.1f}"
    )
    for row in differing[:3]:
        print(f"  {texts[row]!r}: {ours.get(row)}")


def in_store(folder: Path, records: list[Planted]) -> None:
    """Build, kill a build, forget; search the store each time."""
    file, recipe, store = folder / "planted.jsonl", folder / "recipe.yaml", folder / "store"
    file.write_text("".join(one.line for one in records))
    recipe.write_text(RECIPE.format(file=file.name, entities=", ".join(ENTITIES)))
    values = found_when_planted(records)
    search = Search(values)
    print(f"{len(values):,} values are found when they are planted")
    print(f"in the input: {search.hits(folder)['planted.jsonl']:,} of them")
    os.environ["PLANTED_KEY"] = "of sixteen bytes or more"
    command = [sys.executable, "-m", "curate", "build", str(recipe), "--store", str(store)]
    command += ["--workers", "2", "--max-bad", "0.1"]
    killed(command, random.Random(5).uniform(4, 6))
    print(f"after a build that was killed: {sum(search.hits(store).values())}")
    subprocess.run(command, check=True)
    print(f"after the build: {sum(search.hits(store).values())}")
    forget(store)
    print(f"after forget: {sum(search.hits(store).values())}")


def found_when_planted(records: list[Planted]) -> set[str]:
    """The values that a finding of the step covers where they were planted, in the question."""
    from curate.pii.finder import Finder

    texts = pa.array([one.question for one in records])
    found = {row: each for row, _, each in Finder(ENTITIES).find(texts)}
    return {
        value
        for row, one in enumerate(records)
        for _, value in one.values
        for start in [one.question.find(value)]
        if any(f.start <= start and start + len(value) <= f.end for f in found.get(row, ()))
    }


def killed(command: list[str], seconds: float) -> None:
    """Run a command, and kill it with its children after some seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def forget(store: Path) -> None:
    """Erase some records."""
    from curate.store import Store
    from curate.upkeep.forget import Asked, forget

    opened = Store.open(store)
    ids = opened.sql("SELECT id FROM records ORDER BY id LIMIT 20")["id"].to_pylist()
    print(f"forgotten: {len(forget(opened, Asked(ids=tuple(ids)), 'measured').records)} records")


if __name__ == "__main__":
    main()
