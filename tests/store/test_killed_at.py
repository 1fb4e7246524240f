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


def trials(folder: Path, points: int, action: str, fault: str) -> list[dict[str, Any]]:
    """What each trial left, the one that was not killed first."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.injected", str(folder), str(points), action, fault],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(trials: list[dict[str, Any]], before: int, new: int) -> None:
    """Hold what each trial left against what the undisturbed one did."""
    whole, *disturbed = trials
    assert whole["whole"], whole
    assert whole["seen"]["stray"] == []
    for one in disturbed:
        assert one["whole"], one
        assert before <= one["seen"]["versions"] <= before + new, one
        # The next run does what was left undone, and sweeps what lay about.
        assert one["seen"]["snapshots"] == whole["seen"]["snapshots"], one
        assert one["seen"]["stray"] == [], one


@pytest.mark.parametrize(("action", "points", "new"), [("build", 60, 1), ("tag", 10, 0)])
def test_a_process_killed_at_any_point_leaves_all_that_was_committed(
    tmp_path: Path, action: str, points: int, new: int
) -> None:
    before = len(prepare(tmp_path).versions())
    found = trials(tmp_path, points, action, "kill")
    assert [one["killed"] for one in found] == [False] + [True] * points
    check(found, before, new)


def test_a_disk_that_is_full_from_any_point_on_is_told_and_harms_nothing(tmp_path: Path) -> None:
    before = len(prepare(tmp_path).versions())
    found = trials(tmp_path, 20, "build", "full")
    for one in found[1:]:
        assert "no space is left" in one["said"] or one["seen"]["versions"] == before + 1, one
    check(found, before, 1)
