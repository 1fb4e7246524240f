"""Which texts are alike: exact Jaccard similarities of sets of five words, in plain Python.

It shares nothing with curate but the definition of a word: what white space parts in the text's
lower-case NFKC form, without punctuation at its edges. (curate cuts ideographs from each other too,
which changes the fourth digit of a similarity where a text has a few.) Sets are compared whole, and
no pair is left to chance: an index of the rarest sequences of each set finds every pair that can
reach the least similarity (the prefix filter: Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and
Srikant 2007, "Scaling up all pairs similarity search", section 3.3).
"""

import json
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
        ranked = sorted((seen[gram], gram) for gram in own if seen[gram] > 1)
        # A pair has at least LEAST * |larger| in common: one of the rarest of each is among it.
        alone = len(own) - len(ranked)
        rarest = max(0, len(own) - ceil(LEAST * len(own)) + 1 - alone)
        begins = [gram for _, gram in ranked[:rarest]]
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


def find(given: dict[str, str]) -> dict[str, int]:
    """Write the pairs of the texts of a file to another, ascending; `cached` is written last."""
    with Path(given["file"]).open("rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    found, part = sorted(alike(texts)), Path(given["cached"] + ".part")
    part.write_text("".join(f"{json.dumps(pair)}\n" for pair in found))
    part.replace(given["cached"])
    return {"pairs": len(found)}


def read(path: Path) -> list[Pair]:
    """The pairs that were written."""
    return [Pair(*json.loads(line)) for line in path.read_text().splitlines()]


if __name__ == "__main__":
    print(json.dumps({"find": find}[sys.argv[1]](json.loads(sys.argv[2]))))
