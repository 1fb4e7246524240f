import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from rules_kernel import equal, has_compiler, of_c, of_curate
from rules_texts import documents

from curate.rulepacks import check_pack

FOLDER = Path(__file__).parents[2] / "benchmarks"

ODD = [
    *(None, "", " \n\n", "the The THE, to-be (have) withal", "one two three " * 40),
    *("好。好！\u3000カー", "- a\n* b\n• c…\n\nwait...\n\n- a\n* b", "J. R. left. Why?"),
    *("x" * 70 + " é" * 9 + "\U0001f388", "Abcdefgh abcdefghi {[`@ zZ~\tend"),
]


def work(name: str, **given: Any) -> dict[str, Any]:
    words = [sys.executable, str(FOLDER / "rules_work.py"), name, json.dumps(given, default=str)]
    said: dict[str, Any] = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return said


@pytest.mark.skipif(not has_compiler(), reason="no C compiler")
def test_the_pass_in_c_gives_the_same_numbers(tmp_path: Path) -> None:
    in_c = of_c(tmp_path)
    for texts in (ODD, list(documents(None, (), 500))):
        array = pa.array(texts, pa.string())
        assert equal(of_curate(array), in_c(array))


def test_rows_are_measured_printed_and_written_as_json(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "rules.py"), "--rounds", "1", "--sizes", "50", "100"]
    command += ["--only", "build", "--json", str(tmp_path / "figures.json")]
    command += ["--scratch", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = json.loads((tmp_path / "figures.json").read_text())["lines"]
    assert lines[0]["what"].startswith("six filters by curate build")
    assert all(line["what"] in printed for line in lines)
    assert lines[1]["ours"].endswith("of 100")
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]


def test_the_six_filters_keep_what_fails_none_of_them(tmp_path: Path) -> None:
    good = "Ten plain words in a line of their own pass all."
    bad = ["", "short", "@@@ ### $$$ " * 9, "a\n" * 30, f"{good} " * 9]
    file, out = tmp_path / "texts.jsonl", tmp_path / "kept.parquet"
    rows = [{"id": str(number), "text": text} for number, text in enumerate([good, *bad, good])]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows).rstrip("\n"))
    packs = [str(FOLDER / "rules_six.yaml")]
    said = work("judge", file=file, out=out, packs=packs, disable=[], lines=True)
    assert said == {"records": 7, "kept": 2}
    assert parquet.read_table(out).to_pylist() == [rows[0], rows[6]]


def test_the_examples_of_the_six_filters_hold() -> None:
    assert check_pack((FOLDER / "rules_six.yaml").read_bytes(), "text") == []
