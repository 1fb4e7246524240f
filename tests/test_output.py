"""What is printed, and to whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from curate.output import Output

CURATE = (sys.executable, "-m", "curate")
PLACE = "a-rather-long-name-of-a-file-in-a-folder.jsonl.gz:12345"


def test_a_row_of_data_is_one_whole_line_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("many words " * 30).rstrip()
    Output().table(["id", "words", "place"], [["0" * 64, words, PLACE]])
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split("  ") == ["0" * 64, words, PLACE]


def test_prose_is_folded_in_a_file_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(["name", "meaning"], [["x", "many words " * 30]], prose=True)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 120
    assert " ".join(lines).split().count("words") == 30


def test_a_reader_that_goes_away_is_no_failure() -> None:
    with subprocess.Popen(
        [*CURATE, "operators", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_takes_nothing_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*CURATE, "operators"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 6
    assert done.stderr.startswith("curate: the output cannot be written (No space left")
    assert done.stderr.count("\n") == 1


def test_a_poor_locale_gets_escapes_instead_of_a_traceback() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([*CURATE, "operators", "ж"], capture_output=True, env=environment)
    assert done.stderr.startswith(b"curate: operator '\\u0436': there is none.")
