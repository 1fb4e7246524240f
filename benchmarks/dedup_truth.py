"""Which texts are alike: exact Jaccard similarities of sets of five words, in plain Python.

    python dedup_truth.py TEXTS.jsonl PAIRS.jsonl

It shares nothing with curate but the definition of a word: what white space parts in the text's
lower-case NFKC form, without punctuation at its edges. Sets are exact, none is hashed to bits that
could collide in practice, and no pair is left to chance: an index of the rarest sequences of each
set finds every pair that can reach the least similarity (Bayardo, Ma and Srikant 2007, "Scaling up
all pairs similarity search", section 3.3; Chaudhuri, Ganti and Kaushik 2006, the prefix filter).
"""

import json
import os
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

LEAST: Final = Fraction(1, 2)
"""The least similarity of a pair that is looked for."""
WIDTH: Final = 5

Grams = frozenset[int]


class Pair(NamedTuple):
    """Two texts by their numbers, the lower first, and their exact similarity."""

    one: int
    other: int
    similarity: float


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("“Don’t” stop, ﬁve …")
    ['don’t', 'stop', 'five']
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return [bare for bare in map(_bare, plain.split()) if bare]


def grams(text: str) -> Grams:
    """The sequences of five words, each by Python's hash of it; of fewer words, all of them."""
    found = words(text)
    if not found:
        return frozenset()
    ends = range(WIDTH, max(len(found), WIDTH) + 1)
    return frozenset(hash(" ".join(found[max(0, end - WIDTH) : end])) for end in ends)


def alike(texts: Sequence[str]) -> Iterator[Pair]:
    """All pairs that are at least `LEAST` similar. Texts without words are like none."""
    sets = [grams(text) for text in texts]
    seen = Counter(gram for each in sets for gram in each)
    index: defaultdict[int, list[int]] = defaultdict(list)
    # Ascending by size, so that those in the index are never larger.
    for number in sorted(range(len(sets)), key=lambda number: (len(sets[number]), number)):
        own = sets[number]
        shared = sorted((gram for gram in own if seen[gram] > 1), key=lambda gram: (seen[gram], gram))
        # A pair has at least LEAST * |larger| in common: one of the rarest of each is among it.
        alone = len(own) - len(shared)
        begins = shared[: max(0, len(own) - ceil(LEAST * len(own)) + 1 - alone)]
        near = {other for gram in begins for other in index[gram]}
        for other in near:
            pair = _compared(sets, other, number)
            if pair is not None:
                yield pair
        for gram in begins:
            index[gram].append(number)


def _compared(sets: Sequence[Grams], one: int, other: int) -> Pair | None:
    if len(sets[one]) < LEAST * len(sets[other]):
        return None
    common = len(sets[one] & sets[other])
    either = len(sets[one]) + len(sets[other]) - common
    if common < LEAST * either:
        return None
    return Pair(min(one, other), max(one, other), common / either)


def _bare(word: str) -> str:
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] == "P":
        start += 1
    while start < end and unicodedata.category(word[end - 1])[0] == "P":
        end -= 1
    return word[start:end]


def pairs(file: Path, cached: Path) -> list[Pair]:
    """The pairs of the texts of a file, found once and kept in another."""
    if not cached.exists():
        with file.open("rb") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        part = cached.with_suffix(".part")
        part.write_text("".join(f"{json.dumps(pair)}\n" for pair in sorted(alike(texts))))
        os.replace(part, cached)
    return [Pair(*json.loads(line)) for line in cached.read_text().splitlines()]


if __name__ == "__main__":
    print(json.dumps({"pairs": len(pairs(*map(Path, sys.argv[1:3])))}))
