"""The local engine: workers leave with the process that began them, and at once on Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import signal, time
from curate.engines.local import LocalEngine

def work(number):
    print("working", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    # A shell has what it runs in the background ignore Ctrl-C, these tests perhaps.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = LocalEngine(2)
    try:
        list(engine.map(work, range(8)))
    except KeyboardInterrupt:
        engine.stop()
        print("interrupted", flush=True)
    finally:
        engine.close()
"""


def test_ctrl_c_ends_workers_at_once_and_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "many.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert "interrupted" in out.splitlines()
    assert err == ""
    assert process.returncode == 0
