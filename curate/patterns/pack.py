"""A pack of patterns as written: its form, and everything that can be wrong with it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from curate.patterns.allowed import Allowed
from curate.patterns.entity_rule import EntityRule, entity_faults
from curate.patterns.rule import Entries, PatternRule, pattern_faults
from curate.patterns.secret_rule import SecretRule
from curate.rulepacks.form import form_problems
from curate.rulepacks.marked_yaml import Marked, YamlError, read_marked
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.rule import Fault


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class PatternPack(BaseModel, ABC):
    """What packs of secrets and of personal data have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pack: Annotated[str, Field(pattern=r"^[a-z0-9]+([-@][a-z0-9]+)*$")]
    """The pack's name, in kebab case."""
    version: Annotated[int, Field(ge=1, strict=True)]
    """Counts up when an answer changes."""
    what: Annotated[str, Field(min_length=1)]
    """One sentence: what the pack is for."""
    allow: Entries = ()
    """What is no finding of any rule: texts, and `{match: RE2}`."""

    @cached_property
    def allowed(self) -> Allowed:
        """What is no finding of any rule."""
        return Allowed.of(self.allow)

    @property
    @abstractmethod
    def every_rule(self) -> tuple[PatternRule, ...]:
        """The rules, in their order."""


class SecretPack(PatternPack):
    """Rules that find secrets."""

    secrets: Annotated[tuple[SecretRule, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    """The rules. Of findings that overlap, that of the first of them counts."""

    @property
    def every_rule(self) -> tuple[SecretRule, ...]:
        """The rules, in their order."""
        return self.secrets


class EntityPack(PatternPack):
    """Rules that find personal data."""

    entities: Annotated[tuple[EntityRule, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    """The entities, one rule each."""

    @property
    def every_rule(self) -> tuple[EntityRule, ...]:
        """The entities, in their order."""
        return self.entities


KINDS: Final[Mapping[str, type[SecretPack] | type[EntityPack]]] = {
    "secrets": SecretPack,
    "entities": EntityPack,
}
"""The form of a pack, by the key that holds its rules."""

_RULES: Final[Mapping[str, type[SecretRule] | type[EntityRule]]] = {
    "secrets": SecretRule,
    "entities": EntityRule,
}


def kind_of(data: Any) -> str | None:
    """The key under which a pack has its patterns; None where it is no pack of patterns."""
    found = [key for key in KINDS if isinstance(data, dict) and key in data]
    return found[0] if found else None


def has_patterns(content: bytes) -> bool:
    """Whether a YAML file is a pack of patterns, right or wrong."""
    try:
        return kind_of(read_marked(content).data) is not None
    except YamlError:
        return False


@lru_cache(maxsize=32)
def parse_patterns(content: bytes) -> SecretPack | EntityPack:
    """Read a pack's YAML and check it whole, except its examples.

    Raises PackError with every problem and its line.
    """
    try:
        marked = read_marked(content)
    except YamlError as error:
        raise PackError([Problem(error.line, error.what)]) from error
    part = kind_of(marked.data)
    if part is None:
        what = "a pack of patterns is a mapping with pack, version, what, and secrets or entities"
        raise PackError([Problem(1, what)])
    problems = list(_problems(marked, part))
    try:
        pack = KINDS[part].model_validate(marked.data)
    except ValidationError as error:
        keys = {"pack": tuple(KINDS[part].model_fields), part: tuple(_RULES[part].model_fields)}
        raise PackError([*problems, *form_problems(error, marked, keys)]) from error
    if problems:
        raise PackError(problems)
    return pack


def _problems(marked: Marked, part: str) -> Iterator[Problem]:
    """The faults of each rule whose form is right, ids that stand twice, and what is allowed."""
    seen: dict[str, int] = {}
    rules = marked.data[part]
    for index, data in enumerate(rules if isinstance(rules, list) else ()):
        place = (part, index)
        try:
            rule = _RULES[part].model_validate(data)
        except ValidationError:
            continue
        line = marked.line((*place, "id"))
        if rule.id in seen:
            yield Problem(line, f"the rule id {rule.id!r} stands on line {seen[rule.id]} already")
        seen.setdefault(rule.id, line)
        for fault in _faults(rule):
            yield Problem(marked.line((*place, fault.key)), f"rule {rule.id!r}: {fault.what}")
    try:
        allow = marked.data.get("allow", [])
        Allowed.of(allow if isinstance(allow, list) else [])
    except ValueError as error:
        yield Problem(marked.line(("allow",)), f"`allow`: {error}")


def _faults(rule: PatternRule) -> Iterator[Fault]:
    yield from entity_faults(rule) if isinstance(rule, EntityRule) else pattern_faults(rule)
