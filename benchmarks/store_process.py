"""One measurement, in a process of its own: its answer, CPU time and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

HERE: Final = Path(__file__).parent
QUIET: Final = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "PYTHONWARNINGS": "ignore",
    "NO_COLOR": "1",
}


class NotMeasuredError(Exception):
    """A measurement that cannot be made; the message says why."""


class Run(NamedTuple):
    """What a process said and used."""

    said: dict[str, Any]
    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """Seconds of all cores, its child processes included."""
    mebibytes: float
    """The peak of its resident memory, pages of mapped files included."""

    @property
    def seconds(self) -> float:
        """What it measured of itself, without start-up and imports."""
        return float(self.said["seconds"])


def python(program: str, work: str, given: dict[str, Any], executable: str = sys.executable) -> Run:
    """Run `work` of the script `program` beside this file, with `given` as JSON."""
    return _run([executable, str(HERE / program), work, json.dumps(given, default=str)])


def command(*words: object, folder: Path | None = None) -> Run:
    """Run a command of curate, which prints JSON, in a folder."""
    return _run([sys.executable, "-m", "curate", *map(str, words)], folder)


def _run(words: list[str], folder: Path | None = None) -> Run:
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            words, stdout=out, stderr=errors, env=os.environ | QUIET, cwd=folder
        )
        # Not `process.wait`: the system tells what a child used only to whom it hands it over.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output, complaint = _content(out), _content(errors)
    if process.returncode:
        last = (complaint.strip().splitlines() or ["no word"])[-1]
        raise NotMeasuredError(f"exit {process.returncode}: {last[:160]}")
    said = json.loads(output) if output.lstrip().startswith("{") else {}
    return Run(said, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _content(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
