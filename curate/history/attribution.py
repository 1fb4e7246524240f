"""Which characters of a text come from where: runs of characters, each with an origin."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from curate.history.pieces import Piece
from curate.history.places import Place


class Origin(NamedTuple):
    """Where a value comes from: a step of the build of a version, or what the version read."""

    dataset: str
    version: int
    """The first version since which it is so."""
    created: datetime
    step: str | None
    """None where it is as read."""
    operator: str | None
    rule: str | None
    source: str
    file: str
    line: int
    of: bytes | None = None
    """The record that the step made it of."""


Run = tuple[Origin, int]
"""So many characters in a row of one origin."""


class Part(NamedTuple):
    """How much of a text one origin made."""

    origin: Origin
    characters: int
    """Characters of the text that it wrote."""
    removed: int
    """Characters that it took away, by replacing or deleting them."""


def as_read(place: Place, origin: Origin) -> tuple[Run, ...]:
    """A text of one origin; nothing for what is no text."""
    return ((origin, len(place.value)),) if place.is_text and place.value else ()


def spans_of(pieces: Iterable[Piece]) -> list[dict[str, int]]:
    """The changed stretches of two compared texts, as a ledger has them.

    >>> from curate.history.pieces import word_pieces
    >>> spans_of(word_pieces("a red cat", "a black cat"))
    [{'start': 2, 'end': 5, 'length': 5}]
    """
    spans: list[dict[str, int]] = []
    at = 0
    changing = False
    for kind, text in pieces:
        if kind == "equal":
            at, changing = at + len(text), False
            continue
        if not changing:
            spans.append({"start": at, "end": at, "length": 0})
            changing = True
        if kind == "delete":
            at += len(text)
            spans[-1]["end"] = at
        else:
            spans[-1]["length"] += len(text)
    return spans


def rewritten(
    runs: Sequence[Run], spans: Sequence[Mapping[str, Any]], origin: Origin
) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs after spans of the text were replaced, and what the origin took away."""
    kept: list[Run] = []
    removed = 0
    at = 0
    for span in spans:
        kept += _between(runs, at, span["start"])
        kept += [(origin, span["length"])] if span["length"] else []
        removed += span["end"] - span["start"]
        at = span["end"]
    kept += _between(runs, at, sum(length for _, length in runs))
    return _joined(kept), ((origin, removed),) if removed else ()


def parts_of(runs: Sequence[Run], removed: Sequence[Run]) -> tuple[Part, ...]:
    """How much each origin wrote and took away, in the order of the text."""
    origins = list(dict.fromkeys(origin for origin, _ in (*runs, *removed)))
    return tuple(
        Part(origin, *(sum(n for one, n in side if one == origin) for side in (runs, removed)))
        for origin in origins
    )


def _between(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    found: list[Run] = []
    at = 0
    for origin, length in runs:
        inside = min(at + length, end) - max(at, start)
        if inside > 0:
            found.append((origin, inside))
        at += length
    return found


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    joined: list[Run] = []
    for origin, length in runs:
        if joined and joined[-1][0] == origin:
            joined[-1] = (origin, joined[-1][1] + length)
        else:
            joined.append((origin, length))
    return tuple(joined)
