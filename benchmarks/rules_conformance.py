"""How far the rule packs and datatrove's filters agree, and which choice each difference is due to.

    python benchmarks/rules_conformance.py --peers PYTHON [--most N] [--pack NAME] [FILE ...]

PYTHON is one that has datatrove and spaCy. Each FILE is JSONL, packed by gzip or not, whose texts
are `text` or `prompt`; of each file N records at most are taken, at even distances. The odd texts
of tests/rules and the examples of the packs come first, and alone where no file is named.

Three tables a pack: `NAME@datatrove` beside datatrove when its words stand between white space too,
where nothing may differ; the same beside its own words, where what differs is the tokenizer's; and
the pack of the paper beside datatrove. There each difference is put down to the smallest set of
choices (tests/rules/reference) that turns one answer into the other. For C4: how many texts are
left alike by the rules on lines, and dropped for too few sentences.
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

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from curate.record import batch_of
from curate.rulepacks import Judge, pack_bytes, parse_pack
from curate.rulepacks.line_judge import LineJudge
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
    parser.add_argument("--pack", choices=(*READINGS, "c4"), help="only this one")
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    texts = [*ODD, *examples()]
    for file in given.files:
        found = list(texts_of(file))
        texts += found[:: -(-len(found) // given.most) or 1]
    names = [given.pack] if given.pack else [*READINGS, "c4"]
    peers = asked(given.peers, names, texts)
    print(f"{len(texts):,} texts; {', '.join(peers['versions'])}")
    for name in names:
        if name == "c4":
            compare_edits(texts, peers["c4"])
        else:
            compare(name, texts, {words: said[name] for words, said in peers["words"].items()})


def asked(python: str, names: Sequence[str], texts: Sequence[str]) -> Any:
    """What datatrove says."""
    command = [python, str(PEER), *names]
    answer = subprocess.run(
        command, input=json.dumps(texts), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(answer.stdout)


def texts_of(file: Path) -> Iterator[str]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield record["text"] if "text" in record else record["prompt"]


def failures(pack: str, texts: Sequence[str]) -> Failures:
    """The rules that drop each text, in the pack's order."""
    parsed = parse_pack(pack_bytes(pack))
    judge = Judge(parsed, "text")
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


def compare_edits(texts: Sequence[str], said: Mapping[str, Any]) -> None:
    """What rules on lines leave; datatrove strips the lines that it keeps."""
    print("\nc4@datatrove and datatrove\n")
    print("| part | texts | dropped by the pack | by datatrove | differ |")
    print("|---|---|---|---|---|")
    pack = parse_pack(pack_bytes("c4@datatrove"))
    answer = LineJudge(pack).edit(pa.array(texts, pa.string()))
    drops: dict[int, set[str]] = {}
    for failure in [] if answer.failures is None else answer.failures.to_pylist():
        drops.setdefault(failure["row"], set()).add(failure["rule"].replace("-", "_"))
    left = [_stripped(text) for text in answer.texts.to_pylist()]
    plain = [text.splitlines() == text.removesuffix("\n").split("\n") for text in texts]
    for part, wanted in (("lines end at line feeds only", True), ("lines end otherwise", False)):
        rows = [row for row in range(len(texts)) if plain[row] == wanted and texts[row]]
        ours = [sorted(drops.get(row, ())) or left[row] for row in rows]
        theirs = [_left(said["lines"][row], ours[at]) for at, row in enumerate(rows)]
        print(_edits_row(part, ours, theirs))
    rows = [row for row in range(len(texts)) if plain[row] and not drops.get(row)]
    kept = failures("c4@datatrove", [answer.texts[row].as_py() for row in rows])
    theirs = ["reason" in said["whole"][row] for row in rows]
    print(_row("fewer than five sentences", [bool(rules) for rules in kept], theirs))


def _stripped(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _left(answer: Mapping[str, str], ours: Any) -> Any:
    """What datatrove left; of several reasons to drop it tells one."""
    if "text" in answer:
        return _stripped(answer["text"])
    return ours if answer["reason"] in ours else [answer["reason"]]


def _edits_row(part: str, ours: Sequence[Any], theirs: Sequence[Any]) -> str:
    differ = sum(a != b for a, b in zip(ours, theirs, strict=True))
    dropped = [sum(isinstance(each, list) for each in side) for side in (ours, theirs)]
    return f"| {part} | {len(ours):,} | {dropped[0]:,} | {dropped[1]:,} | {differ:,} |"


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
