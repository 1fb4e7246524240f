"""A rule of a pack of patterns as a person reads it in a terminal. Nothing here prints."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curate.output import visible
from curate.patterns.entity_rule import EntityRule
from curate.patterns.rule import PatternRule
from curate.patterns.secret_rule import SecretRule
from curate.rulepacks.page import LONGEST, Row, cut, example_rows, page_of, prose
from curate.rulepacks.written import written_out

if TYPE_CHECKING:
    from rich.console import RenderableType


def pattern_page(rule: PatternRule, whole: bool = False) -> Iterator["RenderableType"]:
    """What a rule finds and where its form is documented, and its examples; a blank line ends it.

    Long patterns and examples are cut, unless `whole`.
    """
    does = "finds personal data" if isinstance(rule, EntityRule) else "finds secrets"
    yield from page_of(rule.id, does, rule.what, _rows(rule, None if whole else LONGEST))


def _rows(rule: PatternRule, longest: int | None) -> Iterator[Row]:
    yield "why", prose(rule.why), ""
    yield "match", cut(rule.pattern, longest), "bold"
    if isinstance(rule, SecretRule):
        if rule.words:
            yield "words", visible(", ".join(rule.words)), ""
        if rule.entropy is not None:
            yield "entropy", f"{rule.entropy:g} bits a character", "bold"
    if isinstance(rule, EntityRule):
        yield "score", f"{rule.score:g}", "bold"
        if rule.context:
            yield "context", visible(", ".join(rule.context)), ""
    if rule.checksum is not None:
        yield "checksum", visible(rule.checksum), "bold"
    yield from example_rows(map(written_out, rule.good), map(written_out, rule.bad), longest)
