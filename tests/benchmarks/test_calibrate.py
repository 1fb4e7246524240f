import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from calibrate import chosen, figures
from calibrate_rates import Found, Share, compare, halves, mcnemar
from calibrate_samples import samples
from calibrate_sets import REVISIONS, SETS
from scipy.stats import binomtest

from curate.rulepacks import Pack, pack_bytes, parse_pack

PACK = """
pack: tried
version: 3
what: Two rules.
rules:
  - {id: short, what: W., why: Y., where: words < limit, limit: 3, good: [a b c], bad: [a]}
  - {id: loud, what: W., why: Y., match: "!", good: [a], bad: ["a!"]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dolly, KTO and revisions, made on the spot."""
    path = tmp_path_factory.mktemp("data")
    answers = ["Yes", "Yes!", "It is all of it!", "It is here."]
    dolly = [{"instruction": f"Q{n}", "input": "", "output": a} for n, a in enumerate(answers)]
    write(path / SETS["dolly"].path, json.dumps(dolly))
    kto = [{"instruction": "Q", "output": "Yes", "tag": tag} for tag in (True, False)]
    write(path / SETS["kto-mix"].path, json.dumps(kto))
    rows = [revision(n, "Yes" if n < 12 else "It is all here.") for n in range(40)]
    write(path / REVISIONS, "".join(json.dumps(row) + "\n" for row in rows))
    return path


def revision(number: int, raw: str) -> dict[str, Any]:
    sides = {"Raw": raw, "Revised": "Yes" if number == 39 else "Yes, it is all here."}
    parts = {"Instruction": f"Is it {number}?", "Input": ""}
    return {
        f"{side} {part}": text
        for side, answer in sides.items()
        for part, text in {**parts, "Response": answer}.items()
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def pack() -> Pack:
    return parse_pack(PACK.encode())


def test_hits_are_counted_by_rule_and_set_and_those_of_one_rule_alone(
    pack: Pack, folder: Path
) -> None:
    values = figures(pack, "response", folder)
    assert values["records"] == {"dolly": 4, "kto-mix": 1}, "undesirable answers are not judged"
    assert values["flagged"] == {"dolly": 3, "kto-mix": 1}
    assert values["rules"] == [
        {"rule": "short", "hits": {"dolly": 2, "kto-mix": 1}, "alone": 2},
        {"rule": "loud", "hits": {"dolly": 2, "kto-mix": 0}, "alone": 1},
    ]
    assert values["human"]["hits"] == 3
    assert values["human"]["records"] == 4


def test_each_half_of_the_revised_pairs_is_compared_by_itself(pack: Pack, folder: Path) -> None:
    revisions = figures(pack, "response", folder)["revisions"]
    parts = revisions["any rule"]
    assert (parts["all"]["raw"]["hits"], parts["all"]["revised"]["hits"]) == (12, 1)
    assert (parts["all"]["only_raw"], parts["all"]["only_revised"]) == (12, 1)
    for side in ("raw", "revised"):
        one, other, whole = (parts[name][side] for name in ("calibration", "held out", "all"))
        assert one["records"] + other["records"] == whole["records"] == 40
        assert one["hits"] + other["hits"] == whole["hits"]
        assert min(one["records"], other["records"]) > 5
    assert list(revisions["rules"]) == ["short"], "a rule without a hit is not listed"


def test_the_half_of_a_record_depends_on_nothing_but_its_id() -> None:
    ids = [bytes([first]) + bytes(15) for first in (0, 127, 128, 255)]
    assert halves(Found(ids, {})) == {
        "calibration": [0, 1],
        "held out": [2, 3],
        "all": [0, 1, 2, 3],
    }


def test_a_pair_that_is_flagged_on_both_sides_tells_nothing_of_the_difference() -> None:
    ids = [bytes(16)] * 4
    raw = Found(ids, {0: frozenset("a"), 1: frozenset("ab"), 2: frozenset("b")})
    revised = Found(ids, {1: frozenset("b"), 3: frozenset("a")})
    found = compare(raw, revised, [0, 1, 2, 3])
    assert (found.raw.hits, found.revised.hits, found.only_raw, found.only_revised) == (3, 2, 2, 1)
    of_a = compare(raw, revised, [0, 1, 2, 3], "a")
    assert (of_a.raw.hits, of_a.revised.hits, of_a.only_raw, of_a.only_revised) == (2, 1, 2, 1)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (5, 0), (3, 3), (34, 4), (7, 12)])
def test_the_paired_test_is_the_exact_binomial_one(one: int, other: int) -> None:
    wanted = binomtest(one, one + other).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(wanted)


@pytest.mark.parametrize(("hits", "records"), [(0, 20), (4, 555), (34, 555), (20, 20)])
def test_the_interval_is_wilsons(hits: int, records: int) -> None:
    wanted = binomtest(hits, records).proportion_ci(method="wilson")
    assert Share(hits, records).interval == pytest.approx((wanted.low, wanted.high))


def test_the_pack_on_pairs_is_tried_on_pairs(tmp_path: Path) -> None:
    for name in ("dolly", "dpo-en"):
        write(tmp_path / SETS[name].path, "[]")
    assert list(chosen(parse_pack(pack_bytes("preference")), tmp_path)) == ["dpo-en"]
    assert list(chosen(parse_pack(pack_bytes("chat")), tmp_path)) == ["dolly", "dpo-en"]


def test_samples_are_hits_of_one_rule_with_prompt_and_answer(pack: Pack, folder: Path) -> None:
    found = samples(pack, "loud", "response", chosen(pack, folder), folder)
    assert len(found) == 2
    assert all(text.startswith("== dolly ") and "prompt: Q" in text for text in found)
    assert any("response: It is all of it!" in text for text in found)
    with pytest.raises(SystemExit, match="no rule quiet"):
        samples(pack, "quiet", "response", chosen(pack, folder), folder)


def test_the_script_prints_tables_json_and_samples(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tried.yaml").write_text(PACK, encoding="utf-8")
    script = Path(__file__).parents[2] / "benchmarks" / "calibrate.py"

    def run(*words: str) -> str:
        pack = str(tmp_path / "tried.yaml")
        command = [sys.executable, str(script), pack, "--data", str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    printed = run()
    assert "short         2        1      2" in printed
    assert "12 / 40 = 30.0% (18.1% to 45.4%)  1 / 40 = 2.5% (0.4% to 12.9%)" in printed
    assert "dolly, written by people: 3 / 4 = 75.0%" in printed
    assert json.loads(run("--json"))["version"] == 3
    assert run("--samples", "short", "1").count("== ") == 1
