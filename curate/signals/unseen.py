"""Answers about what nobody has seen: a page or a picture that the prompt only points to."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.byte_gates import matching
from curate.signals.question import last_question
from curate.signals.registry import signal

_QUESTION_CHARACTERS: Final = 500
"""A longer question brings a text of its own, in which pictures are named by the way."""

_MEDIUM: Final = r"(?:image|photo(?:graph)?|picture|painting|screenshot|video|audio)"
_STAND_IN: Final = (
    r"(?i)(?:\A|\n)[^\n:]{0,20}:?\s*[\[(<](?:an? |the |input: |attached )?"
    rf"(?:(?:link to|insert) [^\])>\n]{{1,60}}[\])>]|{_MEDIUM}(?: [^\])>\n]{{1,80}})?[\])]"
    rf"|{_MEDIUM} [^\])>\n=]{{1,80}}>)\s*(?:\n|\z)"
)
"""A line that ends in a stand-in, such as "[image of a bridge]" or "(insert article)".

A bare <image> is none: that is how data for models that see marks a picture which is there.
"""

_GATE: Final = r"https?://|www\.|[\[(<]"

_LINK_GATE: Final = r"(?i)https?://|www\.|!\["
"""What `_ONLY_A_LINK` and `_PICTURE_LINK` must find."""

_LINK: Final = r"(?:https?://|www\.)[^\s<>\x22]+"
_LOOK: Final = (
    r"summari[sz]e|describe|review|evaluate|analy[sz]e|critique|caption|rate|(?:key|main) points"
    r"|classify|paraphrase|rewrite|compose a tweet|identify|comment on|explain"
)
_ONLY_A_LINK: Final = rf"(?i)\A[^\n]{{0,200}}\b(?:{_LOOK})\b[^\n]{{0,200}}?[\s(]<?{_LINK}>?\)?\s*\z"
"""A line that asks to look at something, and a link as all that is given."""

_PICTURE_LINK: Final = (
    r"(?i)!\[[^\]\n]*\]\(|https?://\S+\.(?:jpe?g|png|gif|webp|bmp|mp[34]|mov|avi)\b"
)
_OF_THE_LINK: Final = r"(?i)\b(?:ur[il]s?|links?|domain|address|html|markdown|file ?name|code)\b"
_ADMITS: Final = (
    r"(?i)\b(?:cannot|can['’]?t|can not|unable|not able|don['’]?t have|do not have|no access"
    r"|not (?:possible|provided|available)|please (?:provide|share|send|paste)|sorry)\b"
)


@signal("true or false", pa.bool_())
def unseen_source(batch: pa.RecordBatch, texts: pa.StringArray) -> pa.Array:
    """Whether the text speaks of a page or picture that a short prompt has only a name or link of.

    False where the text says that it cannot be seen. Null where the prompt has no user turn.
    """
    asked = last_question(batch)
    short = pc.less_equal(pc.utf8_length(asked), _QUESTION_CHARACTERS)
    gate = pc.fill_null(pc.and_(short, pc.match_substring_regex(asked, _GATE)), False)
    found = np.zeros(len(batch), np.bool_)
    rows = np.flatnonzero(gate.to_numpy(zero_copy_only=False))
    if len(rows):
        few = pa.array(rows)
        pointing = pc.fill_null(_pointing(asked.take(few), texts.take(few)), False)
        found[rows] = pointing.to_numpy(zero_copy_only=False)
    valid = pc.and_(pc.is_valid(asked), pc.is_valid(texts))
    return pc.if_else(valid, pa.array(found), pa.scalar(None, pa.bool_()))


def _pointing(asked: pa.StringArray, texts: pa.StringArray) -> pa.BooleanArray:
    """Whether prompts point to what texts then speak of."""
    pointing = matching(asked, _STAND_IN)
    rows = np.flatnonzero(matching(asked, _LINK_GATE))
    if len(rows):
        few = asked.take(pa.array(rows))
        about_links = matching(pc.replace_substring_regex(few, _LINK, ""), _OF_THE_LINK)
        linked = matching(few, _ONLY_A_LINK) | matching(few, _PICTURE_LINK)
        pointing[rows] |= linked & ~about_links
    return pc.and_not(pa.array(pointing), pc.match_substring_regex(texts, _ADMITS))
