"""Names of topics: the words that class-based TF-IDF ranks highest.

All records of a topic count as one document (Grootendorst 2022, arXiv 2203.05794, section 3.3).
Word t of topic c weighs W = tf(t, c) log(1 + A / f(t)), where tf is how often c says the word, f
how often all topics do, and A how many words a topic has on average.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

LISTED: Final = 10
"""Words of a topic that are told."""

WORDS_OF_NAME: Final = 3

FEWEST: Final = 5
"""A word that fewer records say is told nowhere: names and reports stay when a record is erased."""

LIFT: Final = 3.0
"""How many times as many of a topic's records, in proportion, as of all others must say a word that
names it. W alone lets in what all topics say most: the, to, of."""

SAME_STEM: Final = 4
"""A word that begins with another one of so many letters adds nothing to it: recipe, recipes."""


class Named(NamedTuple):
    """A topic's name, which no other one has, and its words, the first ones first."""

    name: str
    words: tuple[str, ...]


def named(words: pa.Table, records: Sequence[int]) -> list[Named]:
    """Name the topics 0, 1 ...

    `words` is what `words.counted` gives, `records` how many records of each topic it looked at.
    """
    found: list[Named] = []
    taken: set[str] = set()
    for number, own in enumerate(_ranked(words, records), start=1):
        name = _name(own, taken, number)
        taken.add(name)
        found.append(Named(name, tuple(own)))
    return found


def _name(words: Sequence[str], taken: set[str], number: int) -> str:
    """`WORDS_OF_NAME` of the words, more where another topic has these, else a number with them."""
    if not words:
        return f"topic-{number}"
    for count in range(min(WORDS_OF_NAME, len(words)), len(words) + 1):
        name = "-".join(words[:count])
        if name not in taken:
            return name
    return f"{'-'.join(words[:WORDS_OF_NAME])}-{number}"


def _ranked(words: pa.Table, records: Sequence[int]) -> list[list[str]]:
    """The words of each topic by their weight, of equal ones by the alphabet."""
    encoded = words["word"].combine_chunks().dictionary_encode()
    topics, codes = words["topic"].to_numpy(), encoded.indices.to_numpy()
    times, said_by = (words[name].to_numpy().astype(np.float64) for name in ("times", "records"))
    told = encoded.dictionary.to_pylist()
    frequency = np.bincount(codes, weights=times, minlength=len(told))
    spread = np.bincount(codes, weights=said_by, minlength=len(told))
    average = times.sum() / max(1, len(records))
    weights = times * np.log(1 + average / np.maximum(frequency[codes], 1))
    counts = np.asarray(records, np.float64)
    elsewhere = (spread[codes] - said_by) / np.maximum(counts.sum() - counts[topics], 1)
    fit = (said_by / counts[topics] >= LIFT * elsewhere) & (said_by >= FEWEST)
    found: list[list[str]] = [[] for _ in records]
    # Rounded, so that machines that differ in the last digit of a logarithm agree.
    weights = weights.round(6)
    places = np.flatnonzero(fit).tolist()
    for at in sorted(places, key=lambda place: (-weights[place], told[codes[place]])):
        _add(found[int(topics[at])], told[codes[at]])
    return found


def _add(words: list[str], word: str) -> None:
    if len(words) < LISTED and not any(_same_stem(word, other) for other in words):
        words.append(word)


def _same_stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= SAME_STEM and long.startswith(short)
