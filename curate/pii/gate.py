"""The gate: which texts may hold personal data, and of which entity, by one set of RE2.

It lets every text through in which a recognizer can find something. What it stops is never looked
at again.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.pii.characters import far_digits
from curate.pii.kept import kept
from curate.pii.pattern_set import PatternSet
from curate.pii.phone_digits import PhoneDigits
from curate.pii.phone_gate import phone_gate
from curate.pii.recognizers import known_entities, recognizers
from curate.pii.widening import ANYTHING, UnreadableError, either, widened

_TOGETHER: Final = 2048
"""Bytes of texts that are searched together first: to call RE2 takes as long as a few hundred."""


class Passing(NamedTuple):
    """A text that may hold something."""

    row: int
    raw: bytes
    """The text in UTF-8."""
    entities: list[str]
    """What it may hold, by name."""
    numbers: Mapping[str, tuple[int, int]]
    """In which bytes the first and the last telephone number of an entity may begin, if known."""

    def within(self, entity: str, text: str) -> tuple[int, int] | None:
        """The same as code points of the text; None if it is not known."""
        found = self.numbers.get(entity)
        if found is None or len(text) == len(self.raw):
            return found
        first, last = (len(self.raw[:place].decode()) for place in found)
        return first, last


class Gate:
    """The gate for some entities."""

    def __init__(self, entities: Sequence[str], pack: bytes = b"") -> None:
        """`pack` as of `recognizers`. Raises `MissingExtraError` without Presidio."""
        self.entities = tuple(sorted(set(entities)))
        self._patterns = PatternSet(entity_gate(each, pack) for each in self.entities)
        # A pattern of a pack may ask where a text begins or ends.
        self._apart = any(each not in known_entities() for each in self.entities)
        self._numbers = {
            place: PhoneDigits(regions)
            for place, each in enumerate(self.entities)
            if (regions := phone_regions(each))
        }

    def passing(self, texts: pa.StringArray) -> Iterator[Passing]:
        """The texts that may hold something, by their rows, ascending.

        They are read where they lie, as UTF-8.
        """
        if len(texts) == texts.null_count:
            return
        whole = texts.cast(pa.large_binary())
        _, offsets, data = whole.buffers()
        ends = np.frombuffer(offsets, np.int64, len(whole) + 1, whole.offset * 8)
        view = memoryview(data or b"")
        found = self._matching(ends, view)
        numbers: dict[int, dict[str, tuple[int, int]]] = {}
        for place, digits in self._numbers.items():
            where = digits.places(np.frombuffer(view, np.uint8), ends)
            rows = np.flatnonzero(where[:, 0] >= 0)
            by_letters = {row for row, places in found.items() if place in places}
            near = (where[rows] - ends[rows, None]).tolist()
            for row, (first, last) in zip(rows.tolist(), near, strict=True):
                if row not in by_letters:
                    found.setdefault(row, []).append(place)
                    numbers.setdefault(row, {})[self.entities[place]] = first, last
        for row in sorted(found):
            names = [self.entities[place] for place in sorted(found[row])]
            raw = bytes(view[ends[row] : ends[row + 1]])
            yield Passing(row, raw, names, numbers.get(row, {}))

    def _matching(self, ends: npt.NDArray[np.int64], view: memoryview) -> dict[int, list[int]]:
        """The rows that some pattern matches, each with the places of these."""
        found: dict[int, list[int]] = {}
        places_of, is_in = self._patterns.places, self._patterns.is_in
        groups = range(len(ends)) if self._apart else _groups(ends)
        bounds = ends.tolist()
        for first, last in pairwise(groups):
            if not is_in(view[bounds[first] : bounds[last]]):
                continue
            for row, (start, end) in enumerate(pairwise(bounds[first : last + 1]), first):
                if start < end and (places := places_of(view[start:end])):
                    found[row] = places
        return found


def _groups(ends: npt.NDArray[np.int64]) -> list[int]:
    """Where groups of texts begin that are searched together first, and where the last one ends."""
    begins = np.diff(ends[:-1] // _TOGETHER, prepend=-1) > 0
    return [*np.flatnonzero(begins).tolist(), len(ends) - 1]


@cache
def entity_gate(entity: str, pack: bytes = b"") -> str:
    """A pattern of RE2 that matches each text in which the entity's recognizer finds something.

    A pattern of a recognizer that is not understood lets everything through.
    """
    if entity in known_entities():
        return kept(f"gate-{entity}", lambda: _made(entity))
    (recognizer,) = recognizers([entity], pack)
    return str(recognizer.gate)


def _made(entity: str) -> str:
    (recognizer,) = recognizers([entity])
    if phone_regions(entity):
        return either(phone_gate(), far_digits())
    patterns = (_wide(each.regex, recognizer) for each in recognizer.patterns)
    return either(*patterns, far_digits())


@cache
def phone_regions(entity: str) -> tuple[str, ...]:
    """The regions whose telephone numbers an entity is; none of any other entity."""
    if entity not in known_entities():
        return ()
    (recognizer,) = recognizers([entity])
    return tuple(getattr(recognizer, "supported_regions", ()))


def _wide(pattern: str, recognizer: Any) -> str:
    try:
        return widened(pattern, int(recognizer.global_regex_flags))
    except UnreadableError:
        return ANYTHING
