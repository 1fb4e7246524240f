"""A process that is killed at any of its changes to the disk loses nothing that was committed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.store import Store
from tests.conftest import Workbench, tickets

ROOT = Path(__file__).parents[2]


def prepare(folder: Path) -> Store:
    """A version in a store, and a recipe that makes a second."""
    pristine = Workbench(folder / "pristine")
    pristine.write(tickets(20))
    pristine.build()
    pristine.write(["{broken", *tickets(30)])
    (pristine.folder / "recipe.yaml").write_text(
        pristine.recipe(
            """
  - repair
  - rules: chat
  - measure
  - exact_dedup
  - split: {eval: 0.2}
"""
        )
    )
    return pristine.store


def trials(folder: Path, points: int, action: str) -> list[dict[str, Any]]:
    """What each trial left, the one that was not killed first."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.injected", str(folder), str(points), action],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("action", "points", "new"), [("build", 70, 1), ("tag", 10, 0)])
def test_a_process_killed_at_any_point_leaves_all_that_was_committed(
    tmp_path: Path, action: str, points: int, new: int
) -> None:
    before = len(prepare(tmp_path).versions())
    whole, *killed = trials(tmp_path, points, action)
    assert not whole["killed"]
    assert whole["whole"], whole
    assert whole["seen"]["stray"] == []
    assert len(killed) == min(points, int(whole["count"]))
    for one in killed:
        assert one["killed"], one
        assert one["whole"], one
        assert before <= one["seen"]["versions"] <= before + new, one
        # The next run does what was left undone, and sweeps what lay about.
        assert one["seen"]["snapshots"] == whole["seen"]["snapshots"], one
        assert one["seen"]["stray"] == [], one
