"""Patterns of RE2 that are searched together."""

from collections.abc import Iterable
from typing import Final

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

    def places(self, text: str | memoryview) -> list[int]:
        """Which of the patterns match a text (as such, or as UTF-8), by their places, ascending."""
        return sorted(self._set.Match(text) or ())
