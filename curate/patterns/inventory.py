"""Packs of patterns and single rules by the names that a person gives them."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from curate.errors import NotFoundError
from curate.patterns.pack import PatternPack, has_patterns, parse_patterns
from curate.patterns.rule import PatternRule
from curate.patterns.shelf import SHIPPED, shipped_bytes
from curate.rulepacks.loading import PackProblemsError, split_name
from curate.rulepacks.problem import PackError
from curate.rulepacks.shelf import is_path, pack_bytes


class NamedPatterns(NamedTuple):
    """What a name stands for: a pack of patterns, or one rule of it."""

    pack: PatternPack
    rule: PatternRule | None


def shipped_patterns() -> Iterator[PatternPack]:
    """The packs of patterns that come with curate, by name."""
    return (parse_patterns(shipped_bytes(name)) for name in SHIPPED)


def find_patterns(text: str, rule: str | None = None) -> NamedPatterns | None:
    """The pack of patterns, or the rule, that `PACK`, `PACK.RULE`, or `PACK` and a rule name.

    None where that is no pack of patterns. Raises NotFoundError, InputError, PackProblemsError.
    """
    name, rule = split_name(text, rule)
    if name not in SHIPPED and not is_path(name):
        return None
    content = shipped_bytes(name) if name in SHIPPED else pack_bytes(name)
    if not has_patterns(content):
        return None
    try:
        pack = parse_patterns(content)
    except PackError as error:
        raise PackProblemsError(name, error) from error
    return NamedPatterns(pack, None if rule is None else _rule(name, pack, rule))


def _rule(name: str, pack: PatternPack, rule_id: str) -> PatternRule:
    by_id = {rule.id: rule for rule in pack.every_rule}
    if rule_id in by_id:
        return by_id[rule_id]
    near = get_close_matches(rule_id, by_id, n=1)
    right = f"Did you mean {near[0]!r}?" if near else f"Its rules: {', '.join(by_id)}."
    raise NotFoundError(f"rule {rule_id!r}", f"the pack {name} has none", right)
