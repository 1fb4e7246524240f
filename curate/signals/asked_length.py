"""How long the user wanted the answer."""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.signals.question import last_question
from curate.signals.registry import record_signal

_QUESTION_CHARACTERS: Final = 1000
"""A longer question brings a text of its own, whose numbers of words are no limits."""
_BY_NAME: Final = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50},
}
_COUNT: Final = rf"(\d{{1,4}}|{'|'.join(_BY_NAME)})"
_MOST: Final = re.compile(
    r"\b(?:no more than|not more than|at most|less than|fewer than|under|a maximum of|up to"
    rf"|not (?:to )?exceed(?:ing)?) {_COUNT} words\b"
    rf"|\b{_COUNT} words (?:or|and) (?:less|fewer|under)\b"
    rf"|\b{_COUNT} words (?:max|maximum|at most)\b",
    re.IGNORECASE,
)
_GATE: Final = r"(?i)\bwords\b"
_LEAST: Final = re.compile(r"\b(?:no|not) (?:less|fewer) than|\beach\b|\bper\b", re.IGNORECASE)


@record_signal("words", pa.int64())
def words_allowed(batch: pa.RecordBatch) -> pa.Array:
    """The most words that the last user turn allows, such as 50 of "in 50 words or less".

    Null where it sets no such limit, or more than one.
    """
    asked = last_question(batch)
    short = pc.less_equal(pc.utf8_length(asked), _QUESTION_CHARACTERS)
    gate = pc.fill_null(pc.and_(short, pc.match_substring_regex(asked, _GATE)), False)
    found: list[int | None] = [None] * len(batch)
    for row in gate.to_numpy(zero_copy_only=False).nonzero()[0].tolist():
        found[row] = _most(asked[row].as_py())
    return pa.array(found, pa.int64())


def _most(question: str) -> int | None:
    limits = [next(filter(None, groups)).lower() for groups in _MOST.findall(question)]
    if len(limits) != 1 or _LEAST.search(question):
        return None
    return _BY_NAME.get(limits[0]) or int(limits[0])
