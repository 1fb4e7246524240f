import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "store.py"


def test_a_row_is_measured_printed_and_written_as_json(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), "--records", "300", "--rounds", "1"]
    command += ["--only", "commit", "--json", str(tmp_path / "figures.json")]
    command += ["--scratch", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = json.loads((tmp_path / "figures.json").read_text())["lines"]
    assert lines[0]["what"] == "first snapshot"
    assert all(line["what"] in printed for line in lines)
    assert all(line["peak"] > 10 for line in lines if line["met"] is not None)
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
