"""The gate: which texts may hold personal data, and of which entity, by one set of RE2.

It lets every text through in which a recognizer can find something. What it stops is never looked
at again.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.pii.characters import far_digits
from curate.pii.kept import kept
from curate.pii.pattern_set import PatternSet
from curate.pii.phone_gate import phone_gate
from curate.pii.recognizers import known_entities, recognizers
from curate.pii.widening import ANYTHING, UnreadableError, either, widened

_TOGETHER: Final = 2048
"""Bytes of texts that are searched together first: to call RE2 takes as long as a few hundred."""


class Gate:
    """The gate for some entities."""

    def __init__(self, entities: Sequence[str], pack: bytes = b"") -> None:
        """`pack` as of `recognizers`. Raises `MissingExtraError` without Presidio."""
        self.entities = tuple(sorted(set(entities)))
        self._patterns = PatternSet(entity_gate(each, pack) for each in self.entities)
        # A pattern of a pack may ask where a text begins or ends.
        self._apart = any(each not in known_entities() for each in self.entities)

    def passing(self, texts: pa.StringArray) -> Iterator[tuple[int, list[str]]]:
        """The rows of texts that may hold something, ascending, each with which entities, by name.

        The texts are read where they lie, as UTF-8.
        """
        if len(texts) == texts.null_count:
            return
        if self._apart:
            for row, found in self._patterns.rows(texts):
                yield row, [self.entities[place] for place in found]
            return
        whole = texts.cast(pa.large_binary())
        _, offsets, data = whole.buffers()
        ends = np.frombuffer(offsets, np.int64, len(whole) + 1, whole.offset * 8)
        view, places_of = memoryview(data or b""), self._patterns.places
        for first, last in pairwise(_groups(ends, view)):
            if not places_of(view[ends[first] : ends[last]]):
                continue
            for row, (start, end) in enumerate(pairwise(ends[first : last + 1].tolist()), first):
                if start < end and (places := places_of(view[start:end])):
                    yield row, [self.entities[place] for place in places]


def _groups(ends: npt.NDArray[np.int64], data: memoryview) -> list[int]:
    """Where groups of texts begin that are searched together first, and where the last one ends.

    A digit at the end of a text must not stand before another: it would hide where a number begins.
    """
    starts = ends[:-1]
    held = np.frombuffer(data, np.uint8)
    before = held[np.maximum(starts - 1, 0)] if len(held) else np.zeros(len(starts), np.uint8)
    begins = (before >= ord("0")) & (before <= ord("9"))
    begins[1:] |= np.diff(starts // _TOGETHER) > 0
    begins[0] = True
    return [*np.flatnonzero(begins).tolist(), len(starts)]


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
    if hasattr(recognizer, "supported_regions"):
        return either(phone_gate(recognizer.supported_regions), far_digits())
    patterns = (_wide(each.regex, recognizer) for each in recognizer.patterns)
    return either(*patterns, far_digits())


def _wide(pattern: str, recognizer: Any) -> str:
    try:
        return widened(pattern, int(recognizer.global_regex_flags))
    except UnreadableError:
        return ANYTHING
