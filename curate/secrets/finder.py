"""What the rules of a pack find in texts.

All patterns go over each text together first, as one automaton of RE2, and single rules only look
at texts that their pattern matches.
"""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from curate.patterns.allowed import Allowed
from curate.patterns.pack import SecretPack
from curate.patterns.secret_rule import SecretRule
from curate.pii.finding import Finding
from curate.pii.pattern_set import PatternSet


class SecretFinder:
    """Finds secrets by some rules of a pack."""

    def __init__(
        self,
        pack: SecretPack,
        rules: Sequence[str] = (),
        entropy: Mapping[str, float] | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        """All rules where none is named; `entropy` replaces limits of the pack, by rule."""
        chosen = [rule for rule in pack.secrets if not rules or rule.id in rules]
        limits = entropy or {}
        self._detector = f"pack {pack.pack}"
        self._rules = [_with_entropy(rule, limits.get(rule.id)) for rule in chosen]
        also = allowed or Allowed()
        self._allowed = Allowed(
            pack.allowed.values | also.values, pack.allowed.patterns + also.patterns
        )
        self._gate = PatternSet(rule.pattern for rule in self._rules)

    def find(self, texts: pa.StringArray) -> Iterator[tuple[int, str, list[Finding]]]:
        """The rows where something is found, ascending, each with its text and the findings.

        Those of different rules may overlap; the rule that stands first in the pack has the highest
        score.
        """
        for row, matching in self._gate.rows(texts):
            text = texts[row].as_py()
            if found := [one for place in matching for one in self._found(place, text)]:
                yield row, text, found

    def _found(self, place: int, text: str) -> Iterator[Finding]:
        rule = self._rules[place]
        score = 1 - place / len(self._rules)
        for start, end in rule.places(text, self._allowed):
            yield Finding(start, end, rule.id, score, self._detector)


def _with_entropy(rule: SecretRule, limit: float | None) -> SecretRule:
    return rule if limit is None else rule.model_copy(update={"entropy": limit})
