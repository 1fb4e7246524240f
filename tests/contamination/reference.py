"""What the compiled parts do, in plain Python: words as tuples, and no hashes."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from curate.contamination.rule import MOST_RECORDS, Rule
from curate.scan.classes import ALONE, DIGIT, LETTER, MARK
from curate.scan.plain import flags_of, words_of

Passages = Sequence[str]


class Place(NamedTuple):
    """A unit, and where it stands in the text in NFKC."""

    unit: str
    start: int
    stop: int


def places_of(text: str, unit: str) -> list[Place]:
    normal = unicodedata.normalize("NFKC", text)
    if unit == "character":
        return [
            Place(plain(each), at, at + 1)
            for at, each in enumerate(normal)
            if flags_of(each) & (LETTER | DIGIT | MARK)
        ]
    found, at = [], 0
    for word in words_of(normal):
        start = normal.index(word, at)
        at = start + len(word)
        first = next((n for n, each in enumerate(word) if is_core(each)), None)
        if first is None:
            continue
        stop = max(n for n, each in enumerate(word) if is_core(each)) + 1
        while stop < len(word) and flags_of(word[stop]) & MARK:
            stop += 1
        core = "".join(map(plain, word[first:stop]))
        found.append(Place(core, start + first, start + stop))
    return found


def is_core(character: str) -> bool:
    return bool(flags_of(character) & (LETTER | DIGIT | ALONE))


def plain(character: str) -> str:
    if character in "‘’ʼ":
        return "'"
    return "-" if character in "‐‒–—−" else character.lower()[:1]


def units(text: str, rule: Rule) -> tuple[str, ...]:
    return tuple(place.unit for place in places_of(text, rule.unit))


def sequences(passage: tuple[str, ...], n: int, whole: bool) -> list[tuple[int, tuple[str, ...]]]:
    """The place and the units of each sequence of a passage of an instance."""
    if len(passage) >= n:
        return [(at, passage[at : at + n]) for at in range(len(passage) - n + 1)]
    return [(0, passage)] if whole and passage else []


def contains(passage: tuple[str, ...], sequence: tuple[str, ...]) -> bool:
    width = len(sequence)
    return any(passage[at : at + width] == sequence for at in range(len(passage) - width + 1))


def shares(
    records: Sequence[Passages],
    instances: Sequence[Passages],
    rule: Rule,
    whole: bool,
    exempt: bool,
) -> list[list[float]]:
    """For each record the share of each instance that it has."""
    texts = [[units(text, rule) for text in record] for record in records]
    suites = [[units(text, rule) for text in instance] for instance in instances]

    def has(record: int, sequence: tuple[str, ...]) -> bool:
        return any(contains(passage, sequence) for passage in texts[record])

    def counts(record: int, sequence: tuple[str, ...]) -> bool:
        if not exempt and (len(sequence) == rule.n or sequence in texts[record]):
            return True
        return sum(has(each, sequence) for each in range(len(texts))) <= MOST_RECORDS

    def share(record: int, instance: int) -> float:
        covered: set[tuple[int, int]] = set()
        total = 0
        for number, passage in enumerate(suites[instance]):
            found = sequences(passage, rule.n, whole)
            total += len(found) if rule.of == "sequences" else len(passage) * bool(found)
            for at, sequence in found:
                if has(record, sequence) and counts(record, sequence):
                    width = 1 if rule.of == "sequences" else len(sequence)
                    covered |= {(number, place) for place in range(at, at + width)}
        return len(covered) / total if total else 0.0

    return [[share(r, i) for i in range(len(suites))] for r in range(len(texts))]
