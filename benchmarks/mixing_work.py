"""What `mixing.py` measures, each in a process of its own; answers are JSON on standard output."""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Final

from store_clock import Clock

COLUMNS: Final = ["messages", "labels", "source"]


class Stages:
    """A listener that adds up the seconds of each stage."""

    def __init__(self) -> None:
        """Nothing has begun."""
        self.seconds: dict[str, float] = {}
        self._now = ("", time.perf_counter())

    def stage(self, name: str, total: int | None) -> None:  # noqa: ARG002 - a Progress
        """End the stage before, and begin one."""
        before, began = self._now
        self._now = (name, time.perf_counter())
        if before:
            self.seconds[before] = self.seconds.get(before, 0.0) + self._now[1] - began

    def advance(self, units: int) -> None:
        """Pass over."""

    def note(self, text: str) -> None:
        """Pass over."""


def rows(store: str, rows: str) -> dict[str, Any]:
    """Write the version as `datasets` keeps rows: a folder for each source."""
    from datasets import Dataset

    from curate.store import Store

    version = Store.open(store).version("corpus@1")
    names = sorted({row["source"] for row in version.counts})
    for name in names:
        made = Dataset.from_generator(
            _of_source, gen_kwargs={"version": version, "source": name}, cache_dir=f"{rows}-made"
        )
        made.save_to_disk(f"{rows}/{name}")
    shutil.rmtree(f"{rows}-made")
    return {"sources": names}


def _of_source(version: Any, source: str) -> Any:
    import pyarrow.compute as pc

    for batch in version.batches(COLUMNS):
        for row in batch.filter(pc.equal(batch.column("source"), source)).to_pylist():
            turns = [{"role": one["role"], "content": one["content"]} for one in row["messages"]]
            yield {"messages": turns, **json.loads(row["labels"]), "source": source}


def build(store: str, recipe: str) -> dict[str, Any]:
    """Build the recipe, and tell the seconds of each stage."""
    from curate.build import Options
    from curate.build import build as run
    from curate.recipe import load_recipe
    from curate.store import Store

    stages, clock = Stages(), Clock()
    built = run(load_recipe(Path(recipe)), Store.open(store), Options(workers=2), stages)
    read = clock.read()
    stages.stage("", None)
    assert built.version is not None
    return {**read, "stages": stages.seconds, "kept": built.version.records}


def peer(rows: str, out: str, weights: dict[str, float], label: str) -> dict[str, Any]:
    """Interleave by probabilities, take as many rows of each label, and write them."""
    import numpy as np
    from datasets import concatenate_datasets, interleave_datasets, load_from_disk

    shutil.rmtree(out, ignore_errors=True)
    loaded = {name: load_from_disk(f"{rows}/{name}") for name in weights}
    clock = Clock()
    shares = np.array([weights[name] / _mean_characters(each) for name, each in loaded.items()])
    parts = [each.shuffle(seed=7) for each in loaded.values()]
    mixed = interleave_datasets(
        parts, probabilities=(shares / shares.sum()).tolist(), seed=7,
        stopping_strategy="first_exhausted",
    )  # fmt: skip
    labels = np.array(mixed[label])
    places = [np.flatnonzero(labels == one) for one in np.unique(labels)]
    least = min(map(len, places))
    choose = np.random.default_rng(7)
    kept = np.sort(np.concatenate([choose.choice(each, least, replace=False) for each in places]))
    concatenate_datasets([mixed.select(kept)]).save_to_disk(out, num_proc=2)
    return {**clock.read(), "kept": len(kept)}


def _mean_characters(rows: Any) -> float:
    """Characters of a row: the lengths of its turns' contents, from the Arrow table."""
    import pyarrow.compute as pc

    turns = pc.list_flatten(rows.data["messages"])
    return float(pc.sum(pc.utf8_length(pc.struct_field(turns, "content"))).as_py() / len(rows))


WORKS: Final = {work.__name__: work for work in (rows, build, peer)}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
