"""Stages of a build on disk: finished ones are found again by their key, half-done ones are not.

A stage is a folder that gets its name when it is complete. Its key is a digest of all that makes
its content: inputs, operators' fingerprints and the seed; never the batch size or the workers.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from curate.build.account import Count
from curate.build.task import Counts
from curate.hashing import digest

MANIFEST = "stage.json"

LAYOUT = 2
"""Raised whenever a stage is laid out otherwise, so that no older one is found."""


@dataclass
class Stage:
    """A finished stage: where it is, what was counted, and what it has to tell."""

    folder: Path
    key: str
    counts: Counts = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def stage_key(*parts: Any) -> str:
    """Digest what makes a stage's content into its key."""
    return digest(orjson.dumps([LAYOUT, *parts], option=orjson.OPT_SORT_KEYS)).hex()


def find_or_make(home: Path, key: str, make: Callable[[Stage], None]) -> Stage:
    """Return the finished stage of this key, making it where it is not there."""
    folder = home / key
    found = _load(folder, key)
    if found is not None:
        return found
    half = home / f"{key}.tmp"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    stage = Stage(half, key)
    make(stage)
    (half / MANIFEST).write_bytes(
        orjson.dumps(
            {"counts": [[*k, list(c)] for k, c in stage.counts.items()], "facts": stage.facts}
        )
    )
    shutil.rmtree(folder, ignore_errors=True)
    half.rename(folder)
    stage.folder = folder
    return stage


def _load(folder: Path, key: str) -> Stage | None:
    try:
        stored = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    counts = {(step, source): Count(*numbers) for step, source, numbers in stored["counts"]}
    return Stage(folder, key, counts, stored["facts"])


def forget_others(home: Path, keys: set[str]) -> None:
    """Delete all stages but the given ones."""
    if not home.is_dir():
        return
    for folder in home.iterdir():
        if folder.name not in keys:
            shutil.rmtree(folder, ignore_errors=True)
