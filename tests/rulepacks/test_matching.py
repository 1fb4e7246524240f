import numpy as np
import pyarrow as pa
import pytest

from curate.rulepacks.loading import shipped
from curate.rulepacks.matching import MOST_TOGETHER, matches, matches_of

TEXTS = pa.array(["", None, "a+b", "AB\nab", "x (y", "as an AI model, I", "é\ufffd"])


@pytest.mark.parametrize(
    "patterns",
    [
        [],
        ["a"],
        ["a|b", "(?i)AB", "B"],
        [r"\Qa+b", r"x \(", "y"],
        ["(?P<one>a)", "(?P<one>b)", "é"],
        ["(?m)^a", r"\Aa", r"b\z", "b$", "x"],
        ["a" * MOST_TOGETHER, "b", "a"],
        ["a", "a"],
    ],
)
def test_patterns_match_together_what_they_match_alone(patterns: list[str]) -> None:
    found = matches_of(TEXTS, patterns)
    assert len(found) == len(patterns)
    for flags, pattern in zip(found, patterns, strict=True):
        assert np.array_equal(flags, matches(TEXTS, pattern))


def test_the_patterns_of_a_pack_match_together_their_own_examples_alone() -> None:
    rules = [rule for rule in dict(shipped())["chat"].rules if rule.pattern is not None]
    texts = [each for rule in rules for each in (*rule.good, *rule.bad) if isinstance(each, str)]
    patterns = [str(rule.pattern) for rule in rules]
    found = matches_of(pa.array(texts), patterns)
    for flags, pattern in zip(found, patterns, strict=True):
        assert np.array_equal(flags, matches(pa.array(texts), pattern))
        assert flags.any()
