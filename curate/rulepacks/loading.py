"""Packs and single rules by the names that a person gives them."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, NamedTuple

from curate.errors import NotFoundError, RecipeError
from curate.rulepacks.inventory import every_rule
from curate.rulepacks.pack import Pack, parse_pack
from curate.rulepacks.problem import PackError
from curate.rulepacks.rule import Predicate
from curate.rulepacks.shelf import pack_bytes, pack_names

_FILE_AND_RULE: Final = re.compile(r"(?P<pack>.+\.ya?ml)\.(?P<rule>[^./\\]+)")
_NAME_AND_RULE: Final = re.compile(r"(?P<pack>[^./\\]+)\.(?P<rule>[^./\\]+)")


class PackProblemsError(RecipeError):
    """Everything that is wrong with a pack, a line each."""

    def __init__(self, name: str, error: PackError) -> None:
        """`name` is the pack as the user named it."""
        found = f"{len(error.problems)} problems"
        lines = "\n".join(f"{name}:{one.line}: {one.what}" for one in error.problems)
        super().__init__(name, found, lines)
        self.args = (lines,)


class Named(NamedTuple):
    """What a name stands for: a pack, or one rule of it."""

    name: str
    """The pack's name or path, without the rule."""
    pack: Pack
    rule: Predicate | None


def parsed(name: str, content: bytes) -> Pack:
    """A pack of its bytes. Raises PackProblemsError."""
    try:
        return parse_pack(content)
    except PackError as error:
        raise PackProblemsError(name, error) from error


def shipped() -> Iterator[tuple[str, Pack]]:
    """The shipped packs with their names, sorted."""
    for name in pack_names():
        yield name, parsed(name, pack_bytes(name))


def find(text: str, rule: str | None = None) -> Named:
    """The pack, or the rule, that `PACK`, `PACK.RULE`, or `PACK` and a rule name.

    PACK is a shipped name, or the path of a YAML file. Raises NotFoundError, InputError and
    PackProblemsError.
    """
    name, rule = split_name(text, rule)
    pack = parsed(name, pack_bytes(name))
    return Named(name, pack, None if rule is None else _rule(name, pack, rule))


def split_name(text: str, rule: str | None) -> tuple[str, str | None]:
    """The pack and the rule of `PACK`, `PACK.RULE`, or `PACK` and a rule.

    >>> split_name("mine.yaml.short", None)
    ('mine.yaml', 'short')
    """
    if rule is None and not text.endswith((".yaml", ".yml")):
        match = _FILE_AND_RULE.fullmatch(text) or _NAME_AND_RULE.fullmatch(text)
        if match is not None:
            return match["pack"], match["rule"]
    return text, rule


def _rule(name: str, pack: Pack, rule_id: str) -> Predicate:
    by_id = {rule.id: rule for rule in every_rule(pack)}
    if rule_id in by_id:
        return by_id[rule_id]
    near = get_close_matches(rule_id, by_id, n=1)
    right = f"Did you mean {near[0]!r}?" if near else f"Its rules: {', '.join(by_id)}."
    raise NotFoundError(f"rule {rule_id!r}", f"the pack {name} has none", right)
