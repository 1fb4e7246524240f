"""Patterns of RE2 that are searched together."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import re2

MEMORY: Final = 1 << 28
"""Bytes that an automaton may take. Arrow and DuckDB give RE2 so little that it falls back to a
hundred times slower search for telephone numbers."""


class PatternSet:
    """Some patterns made one automaton."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """All of them are searched anywhere in a text."""
        options = re2.Options()
        options.max_mem = MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def is_in(self, text: str | memoryview) -> bool:
        """Whether any of the patterns matches a text."""
        return self._set.Match(text) is not None

    def places(self, text: str | memoryview) -> list[int]:
        """Which of the patterns match a text (as such, or as UTF-8), by their places, ascending."""
        return sorted(self._set.Match(text) or ())

    def rows(self, texts: pa.StringArray) -> Iterator[tuple[int, list[int]]]:
        """The rows of texts that any pattern matches, ascending, each with which patterns.

        The texts are read where they lie, as UTF-8.
        """
        if len(texts) == texts.null_count:
            return
        whole = texts.cast(pa.large_binary())
        _, offsets, data = whole.buffers()
        ends = np.frombuffer(offsets, np.int64, len(whole) + 1, whole.offset * 8).tolist()
        view, match = memoryview(data or b""), self._set.Match
        for row, (start, end) in enumerate(pairwise(ends)):
            if start < end and (found := match(view[start:end])):
                yield row, sorted(found)
