"""What is passed over by its bytes is what the pattern would not match."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.byte_gates import holding, matching
from curate.code_fences import FENCE_GATE, has_fence
from curate.signals import sums
from tests.signals.measured import of_answers

PIECES = ("```", "~~~", "`", "2 + 3 = 5", "= 7", " ", "\n", "≈", "→", "é", "<b>", "word")
TEXTS = st.lists(st.none() | st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=8)


@given(TEXTS, st.integers(0, 3))
def test_a_gate_passes_over_no_text_that_its_pattern_matches(
    given_texts: list[str | None], first: int
) -> None:
    texts = pa.array(given_texts, pa.string()).slice(first)
    for pattern, found in (
        (FENCE_GATE, has_fence(texts)),
        (sums._GATE, matching(texts, sums._GATE, holding(texts, b"="))),
    ):
        plain = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
        assert found.tolist() == plain.to_pylist()


@given(st.lists(st.none() | st.text("=<>≈≠≤≥→⇒a é", max_size=8), min_size=1, max_size=8))
def test_signs_are_counted_in_every_text(texts: list[str | None]) -> None:
    signs = [None if t is None else sum(one in "=≈≠≤≥<>→" for one in t) for t in texts]
    assert of_answers("equals_signs", *(("Q", text) for text in texts)) == signs


@pytest.mark.parametrize("texts", [[], [None], ["", None, ""]])
def test_texts_without_bytes_hold_none(texts: list[str | None]) -> None:
    assert holding(pa.array(texts, pa.string()), b"a").tolist() == [False] * len(texts)
