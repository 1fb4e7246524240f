"""Texts in windows that overlap, for models that look at so many characters or tokens at once."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from presidio_analyzer.chunkers import BaseTextChunker, TextChunk

LONGEST_WORD: Final = 100
"""Characters; within a longer word, or where no white space is written, a window ends anywhere."""

_SPACE: Final = " \n"
"""Where windows end, as those of Presidio's `CharacterBasedTextChunker`."""


class Windows(BaseTextChunker):
    """Windows as Presidio's `CharacterBasedTextChunker` makes them, but never longer than told.

    What several windows find of one name is made one by Presidio's own code, stretch by stretch,
    so that the time it takes grows with the text and not with its square.
    """

    def __init__(self, size: int, overlap: int, fits: Callable[[str], bool] | None = None) -> None:
        """`size` and `overlap` in characters; a window for which `fits` is false is halved."""
        self._size, self._overlap, self._fits = size, overlap, fits

    def chunk(self, text: str) -> list[Any]:
        """The windows of a text (`TextChunk`), in order; none of an empty one."""
        windows: list[Any] = []
        start, end = 0, 0
        while end < len(text):
            end = self._end(text, start)
            windows.append(TextChunk(text=text[start:end], start=start, end=end))
            start = self._following(text, start, end)
        return windows

    def _end(self, text: str, start: int) -> int:
        end = min(start + self._size, len(text))
        end = next(
            (at for at in range(end, end + LONGEST_WORD) if at >= len(text) or text[at] in _SPACE),
            end,
        )
        while self._fits is not None and end - start > 1 and not self._fits(text[start:end]):
            half = start + (end - start) // 2
            space = max(text.rfind(each, start + 1, half) for each in _SPACE)
            end = space if space > max(start, half - LONGEST_WORD) else half
        return end

    def _following(self, text: str, start: int, end: int) -> int:
        """Where the next window begins: behind white space, where there is some."""
        overlap = min(self._overlap, (end - start) // 2)
        at = end - overlap
        return next((place for place in range(at, end) if text[place] in _SPACE), at)

    def deduplicate_overlapping_entities(
        self,
        predictions: list[Any],
        overlap_threshold: float = 0.5,
        at_chunk_edge: list[tuple[bool, bool]] | None = None,
    ) -> list[Any]:
        """What Presidio makes of the results, asked for each stretch of them that overlap."""
        edges = at_chunk_edge or [(False, False)] * len(predictions)
        kept: list[Any] = []
        for places in _stretches(predictions):
            kept += super().deduplicate_overlapping_entities(
                [predictions[place] for place in places],
                overlap_threshold,
                [edges[place] for place in places],
            )
        return kept


def _stretches(results: Sequence[Any]) -> list[list[int]]:
    """The places of results in groups of which none overlaps one of another, in order."""
    groups: list[list[int]] = []
    end = -1
    for place in sorted(range(len(results)), key=lambda each: int(results[each].start)):
        if results[place].start >= end:
            groups.append([])
        groups[-1].append(place)
        end = max(end, results[place].end)
    # Presidio breaks ties by the order in which windows told.
    return [sorted(group) for group in groups]
