"""The kernel is compiled once, which is told, and kept."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import pyarrow as pa
from curate.scan import Scan
from curate.scan.compiling import kernel

told = []
kernel(told.append)
assert Scan(pa.array(["a b"]), compiled=True).counts[0, 3] == 2
print(len(told), *told)
"""


def run(cache: Path) -> str:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    return subprocess.check_output([sys.executable, "-c", PROGRAM], text=True, env=environment)


def test_the_first_compilation_is_told_and_kept_for_other_processes(tmp_path: Path) -> None:
    said = "1 compiling the text kernel (once for this installation; some seconds)\n"
    assert run(tmp_path) == said
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    assert len(kept) == 6
    run(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")} == kept
