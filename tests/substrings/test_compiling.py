"""The kernel of shared passages is compiled once, and that is told."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from curate.operators.substring_dedup import SubstringDedup

told = []
SubstringDedup().prepare(told.append)
print(*told)
"""


def run(cache: Path) -> str:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    return subprocess.check_output([sys.executable, "-c", PROGRAM], text=True, env=environment)


def test_the_first_compilation_is_told_and_kept_for_other_processes(tmp_path: Path) -> None:
    run(tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    assert len(kept) == 4
    run(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")} == kept
