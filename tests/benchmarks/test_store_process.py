import sys
from pathlib import Path

import pytest
from store_process import NotMeasuredError, python


def test_peak_memory_is_that_of_the_process_and_not_of_what_runs_it() -> None:
    held = bytearray(b"x") * (300 << 20)
    run = python("store_peers.py", "versions", {"names": ["no-such-package"]})
    assert len(held) > 0
    assert 5 < run.mebibytes < 200
    assert run.cpu > 0


def test_a_process_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(NotMeasuredError, match="exit 1"):
        python("store_peers.py", "copy", {"arrow": tmp_path / "missing", "out": tmp_path / "out"})
    with pytest.raises(NotMeasuredError, match="exit 1"):
        python("store_peers.py", "versions", {}, sys.executable + "-missing")
