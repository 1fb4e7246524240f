"""What tests of shared passages share: words, texts in many scripts, documents of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from hypothesis import strategies as st

from curate.substrings.joining import Documents

ALPHABET: Final = "aZ9.,'-é ß\n\t\u3000\u0301\u200d界面。ไทยか🏊𠀀ﬁ"
TEXTS: Final = st.lists(
    st.one_of(
        st.text(ALPHABET, max_size=30), st.text(max_size=12), st.text("abcXYZ ", max_size=40)
    ),
    max_size=6,
)
NUMBERS: Final = st.lists(
    st.lists(st.lists(st.integers(1, 3), max_size=12), max_size=3), min_size=1, max_size=5
)
"""Documents: each some texts, each some words, which are small numbers."""


def documents(listed: Sequence[Sequence[Sequence[int]]]) -> Documents:
    """Documents whose words are numbers."""
    texts = [text for document in listed for text in document]
    flat = [word * 0x9E3779B97F4A7C15 % 2**64 for text in texts for word in text]
    return Documents(
        np.array(flat, np.uint64),
        np.cumsum([len(text) for text in texts], dtype=np.int64),
        np.cumsum([len(document) for document in listed], dtype=np.int64),
    )
