"""Kills `forget` or `gc` at points of its work; run as a script by tests.

    python -m tests.upkeep.killed WORK POINTS ACTION

WORK holds `pristine`. One line of JSON tells for each point what the next command finds.
"""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from curate.store import Store
from curate.upkeep.dropping import Drop
from curate.upkeep.forget import forget
from curate.upkeep.gc import collect
from curate.upkeep.holders import Asked
from curate.upkeep.verify import verify
from tests.store.injected import Points, forked, watch
from tests.upkeep.leaky import SECRET, places

WHERE = f"messages::VARCHAR LIKE '%{SECRET}%'"


def _forget(store: Store) -> None:
    forget(store, Asked(where=WHERE), "test")


def _collect(store: Store) -> None:
    collect(store, Drop(keep=1), grace=timedelta(0))


ACTIONS: dict[str, Callable[[Store], None]] = {"forget": _forget, "gc": _collect}


def look(folder: Path) -> str:
    """What the next command, whichever it is, finds and leaves."""
    store = Store.open(folder)
    report = verify(store, deep=True)
    found = {
        "findings": [finding.what for finding in report.findings],
        "leftovers": report.leftovers,
        "erased": sum(report.erased.values()),
        "versions": report.versions,
        "mark": (folder / "erasing").exists(),
        "places": sorted(places(folder)),
    }
    return json.dumps(found)


def trial(work: Path, action: str, chosen: int | None) -> dict[str, Any]:
    """Copy the pristine folder, act up to a point, and look at what is left."""
    here = work / "trial"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(work / "pristine", here)

    def act() -> int:
        points = Points(chosen, "kill", here)
        watch(points)
        ACTIONS[action](Store.open(here / "store"))
        return points.count

    ended, counted = forked(act)
    looked, seen = forked(lambda: look(here / "store"))
    return {
        "point": chosen,
        "killed": ended == signal.SIGKILL,
        "count": counted,
        "looked": looked == 0,
        "seen": json.loads(seen) if looked == 0 else seen,
    }


def main() -> None:
    """Try all points, or so many that lie evenly between the first and the last."""
    work, wanted, action = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    whole = trial(work, action, None)
    print(json.dumps(whole), flush=True)
    total = int(whole["count"])
    for point in sorted({1 + place * (total - 1) // max(1, wanted - 1) for place in range(wanted)}):
        print(json.dumps(trial(work, action, point)), flush=True)


if __name__ == "__main__":
    main()
