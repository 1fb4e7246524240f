"""Bad input of a recipe that scrubs: lines and reasons are scrubbed before they are kept."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import pyarrow as pa

from curate.build.opening import scrubs
from curate.operator import Edited, ScrubOperator
from curate.recipe import Step

SURROGATES: Final = pa.schema([("surrogate", pa.string())])

_ESCAPE: Final = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([nrtbf"/\\]))')
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_CUT_QUOTE: Final = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")…""")
"""What a reason quotes the beginning of (`problem.quoted`)."""

_DEPTH: Final = 5
"""JSON within JSON, at most, that is looked into in a line that cannot be read."""

CUT_OFF: Final = 8192
"""Characters that are left out at the end of a beginning: that of a value is not known for one."""


class BadInput(NamedTuple):
    """Bad input (schema `record.QUARANTINE`), and what stands in it for what was scrubbed."""

    rows: pa.RecordBatch
    surrogates: pa.Table
    """Schema `SURROGATES`."""


def scrubbed_bad(steps: Sequence[Step], bad: pa.RecordBatch) -> BadInput:
    """Bad input after what some steps scrub.

    The escapes of JSON are written out in its lines, those of JSON within a text too: behind them
    no value would be found. What is cut off of lines and reasons is left out from some way before.
    Without such a step it stays as it is.
    """
    if not any(map(scrubs, steps)):
        return BadInput(bad, SURROGATES.empty_table())
    lines = [raw.decode("utf-8", "replace") for raw in bad.column("raw").to_pylist()]
    texts = pa.array(map(_without_escapes, lines), pa.string())
    quoting = bad.column("reason").to_pylist()
    reasons = pa.array([_CUT_QUOTE.sub("…", reason) for reason in quoting], pa.string())
    surrogates: set[str] = set()
    for step in filter(scrubs, steps):
        assert isinstance(step.operator, ScrubOperator)
        both = [step.operator.edit(each) for each in (texts, reasons)]
        texts, reasons = (each.texts for each in both)
        surrogates |= {one for each in both for one in _surrogates(each)}
    sizes = zip(bad.column("raw").to_pylist(), bad.column("raw_bytes").to_pylist(), strict=True)
    ends = [-CUT_OFF if size > len(raw) else None for raw, size in sizes]
    kept = zip(texts.to_pylist(), ends, strict=True)
    raws = pa.array([text[:end].encode() for text, end in kept], pa.binary())
    told = pa.table([pa.array(sorted(surrogates), pa.string())], schema=SURROGATES)
    return BadInput(_with(_with(bad, "raw", raws), "reason", reasons), told)


def _surrogates(edited: Edited) -> Iterator[str]:
    for row in range(len(edited.texts)):
        for span in edited.spans[row] if edited.spans is not None else ():
            if span.surrogate:
                yield span.surrogate


def _without_escapes(line: str) -> str:
    """The line with its escapes written out, and those that come out of them."""
    for _ in range(_DEPTH):
        line = _ESCAPE.sub(_written_out, line)
    return line


def _written_out(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return _SHORT.get(escape[2], escape[2])
    code = int(escape[1], 16)
    return escape[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _with(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    place = batch.schema.get_field_index(name)
    return batch.set_column(place, batch.schema.field(place), column)
