import gzip
import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from random import Random

import dedup_truth
import pytest
from dedup_quality import Dropped, named, quality
from dedup_truth import Pair, alike, grams

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "dedup.py"


def written(folder: Path) -> None:
    """A hundred texts, and each once more with its last word changed."""
    choose = Random(1)
    words = [" ".join(choose.choices("abcdefghijklmnop", k=60)) for _ in range(100)]
    folder.mkdir()
    with gzip.open(folder / "t0_50k.jsonl.gz", "wt") as file:
        for text in [*words, *(f"{text[:-1]}z" for text in words)]:
            file.write(json.dumps({"prompt": text[:40], "completion": text[40:]}) + "\n")


def test_rows_are_measured_without_peers_and_what_is_missing_is_named(tmp_path: Path) -> None:
    figures, scratch = tmp_path / "figures.json", tmp_path / "scratch"
    scratch.mkdir()
    written(tmp_path / "sft")
    command = [sys.executable, str(PROGRAM), "--rounds", "1", "--sizes", "100", "200"]
    command += ["--rensa-sizes", "50", "200", "--peer", "rensa", "--set", "t0", "--set", "articles"]
    command += ["--data", str(tmp_path), "--json", str(figures), "--scratch", str(scratch)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = json.loads(figures.read_text())["lines"]
    said = {line["what"]: line for line in lines}
    assert all(what in printed for what in said)
    assert said["beside rensa"]["peer"] == "rensa: not installed"
    assert said["not measured"]["ours"].endswith("articles_1000.txt.gz is not there")
    whole = said["the whole processes, kept of read"]
    assert whole["ours"].endswith(" 100 of 200") and whole["peer"].endswith(" 100 of 200")
    for way in ("parts", "build"):
        found = said[f"found by {way}"]
        assert found["met"]
        assert found["ours"] == "recall 1.0000 of 100 pairs, precision 1.0000 of 100"
    assert said["pairs named that reach 0.8"]["ours"] == "100 of 100"
    assert said["pairs named with the same similarity"]["ours"] == "100 of 100"
    (pairs,) = scratch.iterdir()
    assert len(dedup_truth.read(pairs)) == 100


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_is_what_comparing_each_with_each_finds(seed: int) -> None:
    choose = Random(seed)
    stories = [choose.choices("abcdefgh", k=30) for _ in range(4)]
    spans = [(choose.choice(stories), sorted(choose.choices(range(31), k=2))) for _ in range(60)]
    texts = [" ".join(story[start:end]) for story, (start, end) in spans]
    sets = [grams(text) for text in texts]
    expected = set()
    for one, other in combinations(range(len(sets)), 2):
        common, either = (len(each) for each in (sets[one] & sets[other], sets[one] | sets[other]))
        if either and 2 * common >= either:
            expected.add(Pair(one, other, common / either))
    found = list(alike(texts))
    assert len(found) == len(expected) > 10
    assert set(found) == expected


def test_words_are_compared_without_case_and_punctuation_at_their_edges() -> None:
    assert grams("One two, (three) four five") == grams("one TWO three\nfour “five”")
    assert grams("one two") != grams("one two three")
    assert not grams(" ... ! ")


def test_a_removed_text_needs_a_kept_one_that_is_like_it() -> None:
    truth = [Pair(0, 1, 0.9), Pair(1, 2, 0.8), Pair(3, 4, 0.79), Pair(5, 6, 1.0), Pair(7, 8, 1.0)]
    found = quality(truth, 8, Dropped({0, 3, 5, 6, 7}), 0.8)
    assert (found.pairs, found.removed) == (3, 3)
    assert found.recall == pytest.approx(2 / 3)
    assert found.precision == pytest.approx(1 / 3)
    assert found.chained == pytest.approx(2 / 3)
    said = [Pair(1, 0, 0.9), Pair(2, 1, 0.81), Pair(4, 3, 0.79), Pair(6, 2, 1.0)]
    assert named(truth, Dropped(set(), said), 0.8) == (2, 2)


def test_where_nothing_is_alike_and_nothing_removed_all_is_right() -> None:
    found = quality([], 3, Dropped({0, 1, 2}), 0.8)
    assert (found.recall, found.precision, found.removed) == (1, 1, 0)
