"""A rule pack as written: its form, and everything that can be wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from curate.rulepacks.marked_yaml import Marked, Place, YamlError, read_marked
from curate.rulepacks.rule import PREDICATES, Rule, rule_faults


class Problem(NamedTuple):
    """One thing that is wrong with a pack."""

    line: int
    what: str

    def __str__(self) -> str:
        """Line first."""
        return f"line {self.line}: {self.what}"


class PackError(ValueError):
    """A pack is wrong; the message lists all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Order the problems by line."""
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)))


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
    rules: Annotated[tuple[Rule, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    """The rules, in the order in which failures are listed."""


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
    problems = list(_rule_problems(marked))
    try:
        pack = Pack.model_validate(marked.data)
    except ValidationError as error:
        raise PackError([*problems, *_form_problems(error, marked)]) from error
    if problems:
        raise PackError(problems)
    return pack


def _rule_problems(marked: Marked) -> Iterator[Problem]:
    """The faults of each rule whose form is right, and ids that stand twice."""
    seen: dict[str, int] = {}
    rules = marked.data.get("rules")
    for index, data in enumerate(rules if isinstance(rules, list) else ()):
        place: Place = ("rules", index)
        rule = _readable(data)
        if rule is None:
            continue
        if rule.id in seen:
            found = f"the rule id {rule.id!r} stands on line {seen[rule.id]} already"
            yield Problem(marked.line((*place, "id")), found)
        seen.setdefault(rule.id, marked.line((*place, "id")))
        for fault in rule_faults(rule):
            line = marked.line((*place, fault.key))
            yield Problem(line, f"rule {rule.id!r}: {fault.what}")


def _readable(data: Any) -> Rule | None:
    """The rule, also where its texts or examples are wrong; null where its predicate is."""
    try:
        return Rule.model_validate(data)
    except ValidationError as error:
        wrong = {detail["loc"][0] if detail["loc"] else "" for detail in error.errors()}
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            return None
        if wrong & {*PREDICATES, "limit", "value", "field"}:
            return None
        return Rule.model_construct(**{str(key): value for key, value in data.items()})


_KEYS: Final = {"pack": tuple(Pack.model_fields), "rule": tuple(Rule.model_fields)}


def _form_problems(error: ValidationError, marked: Marked) -> Iterator[Problem]:
    for detail in error.errors():
        place = tuple(detail["loc"])
        in_rule = len(place) > 1 and place[0] == "rules"
        known = _KEYS["rule" if in_rule else "pack"]
        owner = _owner(marked.data, place) if in_rule else ""
        what = _form_sentence(detail["type"], str(detail["msg"]), place, known)
        yield Problem(marked.line(place), owner + what)


def _owner(data: Mapping[str, Any], place: Place) -> str:
    rule = data["rules"][place[1]]
    name = rule.get("id") if isinstance(rule, dict) else None
    return f"rule {name!r}: " if name else f"rule {int(place[1]) + 1}: "


def _form_sentence(kind: str, message: str, place: Place, known: tuple[str, ...]) -> str:
    names = [part for part in place if isinstance(part, str)]
    key = names[-1] if names else "the pack"
    if kind == "missing":
        return f"`{key}` is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(key, known, n=1)
        guess = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}"
        return f"unknown key `{key}`; {guess}"
    return f"`{key}`: {message[0].lower()}{message[1:]}"
