"""Whether a calculation is asked for, and what shows that an answer has its working."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.byte_gates import holding, matching
from curate.signals.question import last_question
from curate.signals.registry import record_signal, text_signal

_QUESTION_CHARACTERS: Final = 500
"""A longer question is a text to read, in which numbers and verbs of calculation come by chance."""

_OPERATION: Final = (
    r"(?:calculat(?:e|ing)|comput(?:e|ing)|solve|simplify|factori[sz]e|multiply|divide|subtract"
    r"|convert(?:ing)?|add(?:ing)? \d|evaluate (?:\w+ ){0,3}(?:expression|equation|sum|integral))"
)
_QUANTITY: Final = (
    r"(?:sum|product|difference|quotient|remainder|mean|median|average|area|perimeter|volume"
    r"|hypotenuse|(?:square |cube )?root|derivative|integral|factorial|percentage|probability"
    r"|(?:greatest|least|lowest) common (?:\w+))"
)
_ASKS: Final = (
    rf"(?i)(?:(?:\A|[.?!:,]\s+|\n\s*|\b(?:please|you|to|and|help with|by) ){_OPERATION}\b"
    rf"|\b(?:find|determine|tell me|give|what is|what's|what are) (?:\w+ ){{0,4}}{_QUANTITY}\b)"
)
_ASKS_FOR_THE_RESULT_ALONE: Final = (
    r"(?i)\b(?:only|just|output|directly|without|one number|in one word|no (?:words|explanations?)"
    r"|code|query|snippet|statements?|sentences?|words|dates?|strings?|json|csv"
    r"|\dD array|comma-separated|clock|time in|UTC)\b"
)

_SIGNS: Final = "=≈≠≤≥<>→"
_FIRST_BYTES: Final = bytes({sign.encode()[0] for sign in _SIGNS})


@record_signal("true or false", pa.bool_())
def asks_calculation(batch: pa.RecordBatch) -> pa.Array:
    """Whether the last user turn asks, briefly, to calculate or convert with numbers it gives.

    False where it asks for the result alone. Null where the prompt has no user turn.
    """
    asked = last_question(batch)
    short = pc.less_equal(pc.utf8_length(asked), _QUESTION_CHARACTERS)
    numbered = pc.and_(short, pc.match_substring_regex(asked, r"\d"))
    # Few ask with a number, and only these are looked at.
    some = asked.filter(numbered)
    wanted = matching(some, _ASKS)
    wanted &= ~matching(some, _ASKS_FOR_THE_RESULT_ALONE, wanted)
    return pc.replace_with_mask(numbered, pc.fill_null(numbered, False), pa.array(wanted))


@text_signal("signs", pa.int64())
def equals_signs(texts: pa.StringArray) -> pa.Array:
    """Number of signs of equality and the like: = ≈ ≠ ≤ ≥ < > and arrows."""
    rows = np.flatnonzero(holding(texts, _FIRST_BYTES))
    counts = np.zeros(len(texts), np.int64)
    found = pc.count_substring_regex(texts.take(pa.array(rows)), f"[{_SIGNS}]")
    counts[rows] = pc.fill_null(found, 0).to_numpy()
    return pc.if_else(pc.is_valid(texts), pa.array(counts), pa.scalar(None, pa.int64()))
