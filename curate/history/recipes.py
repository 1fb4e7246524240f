"""What differs between the recipes and inputs of two versions."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Presence = Literal["added", "removed", "changed", "moved"]


class Setting(NamedTuple):
    """A setting on both sides; None where a side has none. Nested names have dots."""

    name: str
    before: Any
    after: Any


class RuleChange(NamedTuple):
    """A rule of a step that differs, though it may be the pack that changed."""

    rule: str
    state: Presence
    settings: tuple[Setting, ...] = ()
    """What of the rule differs: its limit, expression, field ..."""


class PartChange(NamedTuple):
    """A step or a source that differs."""

    name: str
    operator: str | None
    """The step's operator; None for a source."""
    state: Presence
    settings: tuple[Setting, ...] = ()
    by_version: bool = False
    """The settings are equal, and yet the answers may differ: the operator's version, its packages,
    or the files and models that it names."""
    rules: tuple[RuleChange, ...] = ()
    """Of a step of rules, the rules that differ."""


class RecipeChange(NamedTuple):
    """What differs between two normalised recipes."""

    settings: tuple[Setting, ...]
    """The dataset's name and the seed, where they differ."""
    sources: tuple[PartChange, ...]
    steps: tuple[PartChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.settings or self.sources or self.steps)

    def step(self, name: str | None) -> PartChange | None:
        """What differs in the step of a name, if anything."""
        return next((step for step in self.steps if step.name == name), None)


class InputChange(NamedTuple):
    """A file that differs; a side that lacks it has no records."""

    source: str
    file: str
    state: Presence
    records_before: int | None
    records_after: int | None


def compare_recipes(before: Mapping[str, Any], after: Mapping[str, Any]) -> RecipeChange:
    """Compare two normalised recipes (docs/format.md, "Recipe")."""
    top = tuple(
        Setting(name, before[name], after[name])
        for name in ("dataset", "seed")
        if before[name] != after[name]
    )
    sources = _compare_parts(before["sources"], after["sources"])
    return RecipeChange(top, sources, _compare_parts(before["steps"], after["steps"]))


def with_rules(
    change: RecipeChange,
    before: Mapping[str, Sequence[Mapping[str, Any]]],
    after: Mapping[str, Sequence[Mapping[str, Any]]],
) -> RecipeChange:
    """Add the rules that differ to the steps that changed.

    The rules are those of each step as they were used (the manifest's `rules`). What the settings
    say already is not repeated.
    """
    steps = tuple(
        step._replace(rules=_rule_changes(step, before[step.name], after[step.name]))
        if step.state == "changed" and step.name in before and step.name in after
        else step
        for step in change.steps
    )
    return change._replace(steps=steps)


def _rule_changes(
    step: PartChange, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[RuleChange, ...]:
    old, new = ({rule["id"]: rule for rule in side} for side in (before, after))
    told = {setting.name for setting in step.settings}
    changes = []
    for rule in [*old, *(rule for rule in new if rule not in old)]:
        if rule not in old or rule not in new:
            if "disable" not in told:
                changes.append(RuleChange(rule, "removed" if rule in old else "added"))
            continue
        said = told | {"id", "what"} | ({"limit"} if f"limits.{rule}" in told else set())
        settings = tuple(one for one in _settings(old[rule], new[rule]) if one.name not in said)
        if settings:
            changes.append(RuleChange(rule, "changed", settings))
    return tuple(changes)


def compare_inputs(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[InputChange, ...]:
    """Compare the files that two versions were built from, by their content."""
    old, new = ({(one["source"], one["file"]): one for one in side} for side in (before, after))
    changes = []
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key), new.get(key)
        if a is not None and b is not None and a["sha256"] == b["sha256"]:
            continue
        state: Presence = "added" if a is None else "removed" if b is None else "changed"
        changes.append(
            InputChange(*key, state, a["records"] if a else None, b["records"] if b else None)
        )
    return tuple(changes)


def _compare_parts(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[PartChange, ...]:
    old = {part["name"]: part for part in before}
    new = {part["name"]: part for part in after}
    changes = [
        PartChange(name, part.get("operator"), "removed")
        for name, part in old.items()
        if name not in new
    ]
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    for name, part in new.items():
        if name not in old:
            flat = _flat(part).items()
            settings = tuple(Setting(key, None, value) for key, value in flat if key != "operator")
            changes.append(PartChange(name, part.get("operator"), "added", settings))
            continue
        settings = _settings(_flat(old[name]), _flat(part))
        by_version = not settings and old[name].get("fingerprint") != part.get("fingerprint")
        if settings or by_version:
            changes.append(PartChange(name, part.get("operator"), "changed", settings, by_version))
        elif name in moved:
            changes.append(PartChange(name, part.get("operator"), "moved"))
    return tuple(changes)


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The names, common to both, that stand behind another name than before."""
    ahead_before = dict(zip(before, ["", *before], strict=False))
    ahead_after = dict(zip(after, ["", *after], strict=False))
    return {name for name in after if ahead_before[name] != ahead_after[name]}


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Setting, ...]:
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Setting(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _flat(part: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a step, or of a source, nested ones under dotted names."""
    settings = part.get("settings", part)
    own = {"operator": part["operator"]} if "operator" in part else {}
    flat: dict[str, Any] = {}
    _flatten("", settings, flat)
    return own | {name: value for name, value in flat.items() if name != "name"}


def _flatten(prefix: str, value: Mapping[str, Any], flat: dict[str, Any]) -> None:
    for name, item in value.items():
        if isinstance(item, Mapping):
            _flatten(f"{prefix}{name}.", item, flat)
        else:
            flat[f"{prefix}{name}"] = item
