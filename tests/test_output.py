"""What is printed, and to whom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from curate.output import Output

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


def run(arguments: list[str], **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "curate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def test_a_reader_that_goes_away_is_no_failure() -> None:
    process = run(["operators", "--json"])
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_takes_nothing_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "curate", "operators"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 6
    assert done.stderr.startswith("curate: the output cannot be written (No space left")
    assert done.stderr.count("\n") == 1


def test_a_poor_locale_gets_escapes_instead_of_a_traceback() -> None:
    error = run(["operators", "Zoë"], PYTHONIOENCODING="ascii").communicate()[1]
    assert error.startswith(b"curate: operator 'Zo\\xeb': there is none.")
