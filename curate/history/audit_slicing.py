"""By what the records that came to a step are sliced, as the slices of a diff are named.

A record has the content that it came to its end with: as a member, or as what was dropped.
"""

from difflib import get_close_matches
from typing import Final, NamedTuple

from curate.errors import UsageError
from curate.history.slices import BY_COLUMN
from curate.store.catalog import quoted

LABELS: Final = "labels."

OF_RECORD: Final = ("source", "split")
"""What is known of a record without its content."""


class Slicing(NamedTuple):
    """A way of slicing, as SQL over what came (c) and the payloads (p)."""

    by: str
    value: str
    """The expression of the value, never null."""
    there: str
    """An expression that is null where a record has no such thing at all."""
    of_content: bool
    """Whether the payloads are needed."""


WHOLE: Final = Slicing("", "''", "1", of_content=False)
"""No slices: all records together."""


def slicing(by: str) -> Slicing:
    """Understand a way of slicing. Raises UsageError."""
    if by.startswith(LABELS) and by != LABELS:
        value = f"json_extract(p.labels, {quoted(_pointer(by.removeprefix(LABELS)))})"
        return Slicing(by, _label_sql(value), value, of_content=True)
    if by not in BY_COLUMN:
        ways = [*BY_COLUMN, f"{LABELS}NAME"]
        near = get_close_matches(by, ways, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"--by {by}", "no way of slicing", f"{guess}Ways: {', '.join(ways)}.")
    if by == "split":
        # A record that was dropped is in none.
        return Slicing(by, "coalesce(c.split, 'none')", "1", of_content=False)
    return Slicing(by, BY_COLUMN[by], "1", of_content=by not in OF_RECORD)


def _pointer(name: str) -> str:
    """The JSON pointer (RFC 6901) to a key of the top level."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _label_sql(value: str) -> str:
    """The text of a JSON value; `null` of a JSON null, `none` where there is no value."""
    return f"CASE WHEN {value} IS NULL THEN 'none' ELSE coalesce({value} ->> '$', 'null') END"
