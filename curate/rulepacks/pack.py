"""A rule pack as written: its form, and everything that can be wrong with it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from curate.rulepacks.declared import DeclaredScores, as_signals, declared_faults, readable
from curate.rulepacks.definitions import definition_faults, expanded
from curate.rulepacks.form import form_problems
from curate.rulepacks.line_rule import LineRule, line_rule_faults
from curate.rulepacks.marked_yaml import Marked, Place, YamlError, read_marked
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.rule import PREDICATES, Fault, Predicate, Rule, rule_faults
from curate.signals import SIGNALS

PARTS: Final = ("lines", "rules")
"""The keys of a pack that hold rules."""


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Pack(BaseModel):
    """Rules that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pack: Annotated[str, Field(pattern=r"^[a-z0-9]+([-@][a-z0-9]+)*$")]
    """The pack's name, in kebab case; a variant is `name@variant`."""
    version: Annotated[int, Field(ge=1, strict=True)]
    """Counts up when an answer changes."""
    what: Annotated[str, Field(min_length=1)]
    """One sentence: what the pack is for."""
    scores: DeclaredScores = Field(default_factory=dict)
    """What the rules need from signal steps before them, such as what a model says of a text: a
    name, and what it is."""
    signals: dict[str, str] = Field(default_factory=dict)
    """Signals of the pack's own: SQL expressions over others, and over those before them."""
    lines: Annotated[tuple[LineRule, ...], BeforeValidator(_as_tuple)] = ()
    """Rules on lines, in the order in which they are applied, before all others: an edit."""
    rules: Annotated[tuple[Rule, ...], BeforeValidator(_as_tuple)] = ()
    """The rules, in the order in which failures are listed."""

    @model_validator(mode="after")
    def _has_rules(self) -> Self:
        if not self.lines and not self.rules:
            raise ValueError("a pack has at least one rule, under `rules` or `lines`")
        if self.lines and self.scores:
            raise ValueError("a pack with `scores` has no `lines`, which change what was scored")
        return self

    @field_validator("rules")
    @classmethod
    def _may_name_scores(cls, rules: tuple[Rule, ...], info: ValidationInfo) -> tuple[Rule, ...]:
        scores = as_signals(info.data.get("scores", {}))
        return tuple(rule.over(scores) for rule in rules)


def parse_pack(content: bytes) -> Pack:
    """Read a pack's YAML and check it whole, except its examples.

    Raises PackError with every problem and its line.
    """
    try:
        marked = read_marked(content)
    except YamlError as error:
        raise PackError([Problem(error.line, error.what)]) from error
    if not isinstance(marked.data, dict):
        raise PackError([Problem(1, "a rule pack is a mapping with pack, version, what, rules")])
    problems = list(_signal_problems(marked))
    if not problems:
        marked = marked._replace(data=_expanded(marked.data))
        problems = list(_rule_problems(marked))
    try:
        pack = Pack.model_validate(marked.data)
    except ValidationError as error:
        raise PackError([*problems, *form_problems(error, marked, _KEYS)]) from error
    if problems:
        raise PackError(problems)
    return pack


def _signal_problems(marked: Marked) -> Iterator[Problem]:
    """What is wrong with the signals that a pack defines."""
    own, scores = (_mapping(marked.data.get(key)) for key in ("signals", "scores"))
    for problem in declared_faults(scores, own):
        yield Problem(marked.line(("scores", problem.name)), problem.what)
    known = SIGNALS | as_signals(readable(scores))
    for problem in definition_faults(own, known):
        yield Problem(marked.line(("signals", problem.name)), problem.what)


def _mapping(written: Any) -> dict[Any, Any]:
    return written if isinstance(written, dict) else {}


def _expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The pack with the definitions of its own signals put where its rules name them."""
    written = data.get("signals")
    if not isinstance(written, dict):
        return dict(data)
    return {**data} | {
        part: [_with_definitions(rule, written) for rule in data[part]]
        for part in PARTS
        if isinstance(data.get(part), list)
    }


def _with_definitions(rule: Any, definitions: Mapping[str, str]) -> Any:
    if not isinstance(rule, dict):
        return rule
    texts = {key: rule[key] for key in ("where", "value") if isinstance(rule.get(key), str)}
    return rule | {key: expanded(text, definitions) for key, text in texts.items()}


def _rule_problems(marked: Marked) -> Iterator[Problem]:
    """The faults of each rule whose form is right, and ids that stand twice."""
    seen: dict[str, int] = {}
    scores = as_signals(readable(marked.data.get("scores")))
    for place, data in _written(marked):
        rule = _readable(data, LineRule if place[0] == "lines" else Rule)
        if rule is None:
            continue
        if rule.id in seen:
            found = f"the rule id {rule.id!r} stands on line {seen[rule.id]} already"
            yield Problem(marked.line((*place, "id")), found)
        seen.setdefault(rule.id, marked.line((*place, "id")))
        for fault in _faults(rule.over(scores)):
            line = marked.line((*place, fault.key))
            yield Problem(line, f"rule {rule.id!r}: {fault.what}")


def _faults(rule: Predicate) -> Iterator[Fault]:
    if isinstance(rule, Rule):
        yield from rule_faults(rule)
    elif isinstance(rule, LineRule):
        yield from line_rule_faults(rule)


def _written(marked: Marked) -> Iterator[tuple[Place, Any]]:
    """The rules as written, with the place of each: those on lines, then the others."""
    for part in PARTS:
        rules = marked.data.get(part)
        for index, data in enumerate(rules if isinstance(rules, list) else ()):
            yield (part, index), data


def _readable(data: Any, kind: type[Predicate]) -> Predicate | None:
    """The rule, also where its texts or examples are wrong; null where its predicate is."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        wrong = {detail["loc"][0] if detail["loc"] else "" for detail in error.errors()}
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            return None
        if wrong & {*PREDICATES, "limit", "value", "field", "replace", "drops"}:
            return None
        return kind.model_construct(**{str(key): value for key, value in data.items()})


_KEYS: Final = {
    "pack": tuple(Pack.model_fields),
    "rules": tuple(Rule.model_fields),
    "lines": tuple(LineRule.model_fields),
}
