"""One measurement, in a process of its own: its answer, CPU time and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
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
    parent = [sys.executable, "-I", "-S", str(HERE / "small_parent.py")]
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as errors,
        tempfile.NamedTemporaryFile("r") as used,
    ):
        ended = subprocess.run(
            [*parent, used.name, *words], stdout=out, stderr=errors, env=os.environ | QUIET,
            cwd=folder, check=False,
        )  # fmt: skip
        output, complaint = _content(out), _content(errors)
        usage = used.read()
    if ended.returncode:
        last = (complaint.strip().splitlines() or ["no word"])[-1]
        raise NotMeasuredError(f"exit {ended.returncode}: {last[:160]}")
    said = json.loads(output) if output.lstrip().startswith("{") else {}
    return Run(said=said, **json.loads(usage))


def _content(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
