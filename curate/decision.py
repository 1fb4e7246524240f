"""Decisions: what a step did with a record, and why (docs/format.md, "Ledger")."""

from typing import Final, Literal, NamedTuple

import pyarrow as pa

Action = Literal["drop", "edit", "add", "copy", "split", "flag"]

SPAN: Final = pa.struct(
    [
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("length", pa.int32()),
        ("detector", pa.string()),
        ("score", pa.float32()),
        ("surrogate", pa.string()),
        ("original", pa.binary()),
    ]
)
"""A changed stretch: [start, end) in code points of the text before the step, and how long its
replacement is. What was there is not kept, so that a ledger never holds what a later step scrubs.

Of an edit that scrubs also what found it, how sure that is (0 to 1), what stands there now, and,
where the recipe asks for it, what stood there, encrypted."""

LEDGER: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("step", pa.string()),
        ("action", pa.string()),
        ("rule", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("limit", pa.string()),
        ("of", pa.binary(16)),
        ("before", pa.binary(16)),
        ("after", pa.binary(16)),
        ("spans", pa.list_(SPAN)),
    ]
)
"""One row a decision that is not a plain keep. A drop has one row for every rule that failed.
`value` and `limit` are JSON scalars; `of` is the twin or parent; `before` and `after` are the
content hashes around an edit (a drop has only `before`)."""

FAILURE: Final = pa.schema(
    [
        ("row", pa.int32()),
        ("rule", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("limit", pa.string()),
    ]
)
"""What a rule pack returns: one line for each row of the batch and rule that fails it."""

SELECTION: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("action", pa.string()),
        ("rule", pa.string()),
        ("value", pa.string()),
        ("limit", pa.string()),
        ("of", pa.binary(16)),
        ("split", pa.string()),
        ("copies", pa.int32()),
        ("splits", pa.list_(pa.string())),
    ]
)
"""What a selection returns for records that are not plainly kept: action `drop` (with `of` where
there is a twin), `split` (with the split's name) or `copy` (with the number of copies, and the
split of each where they are not that of the record, its own first)."""

CUT: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("field", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("rule", pa.string()),
    ]
)
"""What a selection cuts out: [start, end) in code points of the text at a path of a record, such as
`messages[1].content`."""

LABEL: Final = pa.schema(
    [
        ("id", pa.binary(16)),
        ("copy", pa.int32()),
        ("name", pa.string()),
        ("value", pa.string()),
        ("limit", pa.string()),
        ("of", pa.binary(16)),
        ("rule", pa.string()),
    ]
)
"""What a selection labels: the name and the value (JSON) of a label that a record gets, the limit
that it was held against, and a record that it was given for, one row each."""

CONTAMINATED: Final = "contaminated"
"""The rule of drops whose `of` is no record of the dataset, but an instance of a test suite."""

EXCLUDED_PROMPT: Final = "excluded-prompt"
EXCLUDED_PROMPT_NEAR: Final = "excluded-prompt-near"
"""The rules of drops whose `of` is a record of another dataset that has the prompt."""

NO_TWIN: Final = (CONTAMINATED, EXCLUDED_PROMPT, EXCLUDED_PROMPT_NEAR)
"""The rules of drops whose `of` was not kept in place of what was dropped. SQL reads it as well."""


class Span(NamedTuple):
    """A changed stretch of a text, as in `SPAN`."""

    start: int
    end: int
    length: int
    detector: str | None = None
    score: float | None = None
    surrogate: str | None = None
    original: bytes | None = None
