"""Records that changed, chosen to be shown: those of different causes first."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from curate.history.causes import Cause, ChangeKind
from curate.history.difference import Change, Difference
from curate.history.words import ContentChange, compare


class Example(NamedTuple):
    """A record that changed, with what it holds."""

    cause: Cause
    change: Change
    content: Mapping[str, Any] | None
    """The later content, else the earlier one (a row of `record.CONTENT`); None where erased."""
    words: ContentChange | None
    """What differs in an edited record, where both contents are stored."""


def examples(found: Difference, kind: ChangeKind, limit: int | None) -> list[Example]:
    """So many records of one kind of change; all of them without a limit."""
    causes = [cause for cause in found.causes if cause.change == kind]
    by_cause = [[(cause, one) for one in found.examples(cause, limit)] for cause in causes]
    ranks = zip_longest(*by_cause)
    chosen = [pair for rank in ranks for pair in rank if pair is not None][:limit]
    hashes = {side for _, one in chosen for side in (one.before, one.after) if side is not None}
    contents = found.after.payloads(sorted(hashes))
    return [_example(cause, one, contents) for cause, one in chosen]


def _example(cause: Cause, change: Change, contents: Mapping[bytes, Mapping[str, Any]]) -> Example:
    before, after = contents.get(change.before or b""), contents.get(change.after or b"")
    words = None
    if change.change == "edited" and before is not None and after is not None:
        words = compare(before, after)
    return Example(cause, change, before if after is None else after, words)
