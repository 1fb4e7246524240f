"""What the pack `offensive-words` finds in labelled texts, and in answers that are no offence.

    python benchmarks/offensive_words.py [--data ../shared/data] [--hits 0]

Tweets are those of Davidson et al. 2017 (arXiv 1703.04009): precision, recall and F1 against
"offensive or hate", and how much of "hate" is found. They were gathered by a list of words, so that
a list of words looks better on them than elsewhere. Template sentences are those of Dixon et al.
2018 (AIES), half of them not toxic, which name groups of people. Answers are those of Alpaca and
Dolly; `--hits` prints so many of what is found in them.
"""

import argparse
import csv
import gzip
import html
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from curate.operators.rules import Rules
from curate.record import WORKING, batch_of

HERE = Path(__file__).parent
PACK: Final = "offensive-words"
Found = list[set[str]]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--hits", type=int, default=0)
    given = parser.parse_args()
    tweets(given.data / "toxicity" / "davidson_24783.csv.gz")
    templates(given.data / "toxicity" / "bias_madlibs_77k.csv.gz")
    for name in ("alpaca_random_9k.json.gz", "dolly_3k.json.gz"):
        answers(given.data / "sft" / name, given.hits)


def failing(texts: Sequence[str]) -> Found:
    """The rules that each text fails."""
    step = Rules.model_validate({"pack": PACK, "field": "text"})
    found: Found = [set() for _ in texts]
    for start in range(0, len(texts), 10_000):
        batch = batch_of([{"text": text} for text in texts[start : start + 10_000]], WORKING)
        for row in step.judge(batch).to_pylist():
            found[start + row["row"]].add(row["rule"])
    return found


def tweets(file: Path) -> None:
    rows = read_csv(file)
    found = failing([html.unescape(row["tweet"]) for row in rows])
    wrong = [row["class"] in "01" for row in rows]
    hits = [bool(rules) for rules in found]
    right = sum(a and b for a, b in zip(hits, wrong, strict=True))
    precision, recall = right / sum(hits), right / sum(wrong)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{len(rows):,} tweets, {sum(wrong):,} offensive or hate, {sum(hits):,} found")
    print(f"  precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    hate = [bool(rules) for rules, row in zip(found, rows, strict=True) if row["class"] == "0"]
    print(f"  recall of hate {sum(hate) / len(hate):.3f}")
    plain = [bool(rules) for rules, row in zip(found, rows, strict=True) if row["class"] == "2"]
    print(f"  false alarms {sum(plain):,} of {len(plain):,} ({sum(plain) / len(plain):.2%})")
    for rule in sorted({rule for rules in found for rule in rules}):
        classes = Counter(
            row["class"] for rules, row in zip(found, rows, strict=True) if rule in rules
        )
        print(
            f"  {rule}: hate {classes['0']:,}, offensive {classes['1']:,}, neither {classes['2']:,}"
        )


def templates(file: Path) -> None:
    rows = read_csv(file)
    found = failing([row["Text"] for row in rows])
    for label in ("NOT_BAD", "BAD"):
        some = [rules for rules, row in zip(found, rows, strict=True) if row["Label"] == label]
        hits = sum(map(bool, some))
        print(f"{len(some):,} template sentences {label}: {hits:,} found ({hits / len(some):.2%})")


def answers(file: Path, shown: int) -> None:
    rows = json.loads(gzip.decompress(file.read_bytes()))
    texts = [row.get("output") or row.get("response") or "" for row in rows]
    found = failing(texts)
    hits = [(rules, text) for rules, text in zip(found, texts, strict=True) if rules]
    counts = dict(Counter(rule for rules, _ in hits for rule in rules))
    print(f"{len(texts):,} answers of {file.name}: {len(hits)} found {counts}")
    for rules, text in hits[:shown]:
        print(f"  {sorted(rules)}: {text[:300]!r}")


def read_csv(file: Path) -> list[dict[str, str]]:
    """The rows of a compressed table."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main()
