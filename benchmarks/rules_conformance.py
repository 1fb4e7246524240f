"""How far the rule packs and datatrove's filters agree, and which choice each difference is due to.

    python benchmarks/rules_conformance.py --peers PYTHON [--most N] [FILE ...]

PYTHON is one that has datatrove and spaCy. Each FILE is JSONL, packed by gzip or not, whose texts
are `text` or `prompt`; of each file N records at most are taken, at even distances. The odd texts
of tests/rules and the examples of the packs come first, and alone where no file is named.

Three tables: the packs `NAME@datatrove` beside datatrove when its words stand between white space
too, where nothing may differ; the same beside its own words, where what differs is the
tokenizer's; and the packs of the papers beside datatrove. There each difference is put down to
the smallest set of choices (tests/rules/reference) that turns one answer into the other.
"""

import argparse
import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from curate.record import batch_of
from curate.rulepacks import Judge, pack_bytes, parse_pack
from tests.rules.odd_texts import ODD, examples
from tests.rules.reference import fineweb, gopher, gopher_repetition
from tests.rules.reference.reading import CURATE, FINEWEB, GOPHER, REPETITION, Reading

PEER = Path(__file__).with_name("rules_peers.py")

READINGS: dict[str, tuple[Mapping[str, Reading], Mapping[str, str]]] = {
    "gopher": (gopher.READINGS, GOPHER),
    "gopher-repetition": (gopher_repetition.DATATROVES, REPETITION),
    "fineweb": (fineweb.DATATROVES, FINEWEB),
}
BATCH = 2000

Failures = list[list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", required=True, help="a Python that has datatrove and spaCy")
    parser.add_argument("--most", type=int, default=5000, help="so many records of a file")
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    texts = [*ODD, *examples()]
    for file in given.files:
        found = list(texts_of(file))
        texts += found[:: -(-len(found) // given.most) or 1]
    answer = subprocess.run(
        [given.peers, PEER], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    peers = json.loads(answer.stdout)
    print(f"{len(texts):,} texts; {', '.join(peers['versions'])}")
    for name in READINGS:
        compare(name, texts, {words: said[name] for words, said in peers["words"].items()})


def texts_of(file: Path) -> Iterator[str]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield record["text"] if "text" in record else record["prompt"]


def failures(pack: str, texts: Sequence[str]) -> Failures:
    """The rules that drop each text, in the pack's order."""
    parsed = parse_pack(pack_bytes(pack))
    judge = Judge(parsed, "text", disable=[r.id for r in parsed.rules if r.id == "language"])
    found: Failures = []
    for first in range(0, len(texts), BATCH):
        part = texts[first : first + BATCH]
        rows: Failures = [[] for _ in part]
        records = [{"text": text, "labels": "{}", "meta": "{}"} for text in part]
        for failure in judge.judge(batch_of(records)).to_pylist():
            rows[failure["row"]].append(failure["rule"])
        found += rows
    return found


def compare(name: str, texts: Sequence[str], peers: Mapping[str, Any]) -> None:
    ours, papers = failures(f"{name}@datatrove", texts), failures(name, texts)
    for words, said in peers.items():
        print(f"\n{name}@datatrove and datatrove, words by {words}\n")
        print("| rule | texts | dropped by the pack | by datatrove | differ |")
        print("|---|---|---|---|---|")
        print(_row("whole, first reason", *_wholes(ours, said)))
        for rule in READINGS[name][0]:
            print(_row(rule, *_by_rule(rule, ours, said)))
    print(f"\n{name} and datatrove, words by white space\n")
    print("| rule | texts | dropped by the pack | by datatrove | differ | because of |")
    print("|---|---|---|---|---|---|")
    of_papers = {rule.id for rule in parse_pack(pack_bytes(name)).rules}
    for rule in READINGS[name][0]:
        pairs = _by_rule(rule, papers, peers["white space"])
        why = "the paper has no such rule"
        if rule in of_papers:
            why = _causes(name, rule, texts, papers, peers["white space"])
        print(_row(rule, *pairs) + f" {why} |")


def _wholes(ours: Failures, said: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    first = [rules[0] if rules else None for rules in ours]
    theirs = [said["reasons"].get(reason) for reason in said["whole"]]
    told = [row for row, reason in enumerate(said["whole"]) if reason is not None]
    return [first[row] for row in told], [theirs[row] for row in told]


def _by_rule(rule: str, ours: Failures, said: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    theirs = said["rules"][rule]
    told = [row for row, drops in enumerate(theirs) if drops is not None]
    return [rule in ours[row] for row in told], [theirs[row] for row in told]


def _row(rule: str, ours: Sequence[Any], theirs: Sequence[Any]) -> str:
    differ = sum(a != b for a, b in zip(ours, theirs, strict=True))
    numbers = len(ours), sum(map(bool, ours)), sum(map(bool, theirs)), differ
    return f"| {rule} | " + " | ".join(f"{number:,}" for number in numbers) + " |"


def _causes(
    name: str, rule: str, texts: Sequence[str], papers: Failures, said: Mapping[str, Any]
) -> str:
    reading, choices = READINGS[name][0][rule], sorted(READINGS[name][1])
    causes: Counter[str] = Counter()
    for row, drops in enumerate(said["rules"][rule]):
        text, ours = texts[row], rule in papers[row]
        assert reading.fails(text, CURATE) == ours, (rule, text)
        if drops is not None and drops != ours:
            causes[_cause(reading, text, choices, drops)] += 1
    return ", ".join(f"{cause} {times:,}" for cause, times in causes.most_common())


def _cause(reading: Reading, text: str, choices: Sequence[str], wanted: bool) -> str:
    """The smallest set of choices that gives the wanted answer; equal ones stand with "or"."""
    for size in range(1, len(choices) + 1):
        enough = [
            " with ".join(chosen)
            for chosen in combinations(choices, size)
            if reading.fails(text, frozenset(chosen)) == wanted
        ]
        if enough:
            return " or ".join(enough)
    return "unknown"


if __name__ == "__main__":
    main()
