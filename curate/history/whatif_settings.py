"""Changed limits as one writes them into a recipe."""

from collections.abc import Iterable, Mapping
from typing import Any

from curate.history.whatif_changes import RuleChange
from curate.store import Version


def settings_of(version: Version, step: str, changes: Iterable[RuleChange]) -> dict[str, Any]:
    """The settings of a step that make changes of its rules last.

    Those are `limits` and `disable`, or all of a `drop`, which has one rule: to leave it out is to
    leave the step out, and no settings do that.
    """
    steps = {one["name"]: one for one in version.recipe["steps"]}
    settings = steps[step]["settings"]
    if steps[step]["operator"] == "drop":
        (only,) = changes
        return {} if only.off else _of_drop(settings, only)
    limits, disable = dict(settings.get("limits") or {}), list(settings.get("disable") or ())
    for one in changes:
        if one.off:
            limits.pop(one.rule.id, None)
            disable.append(one.rule.id)
        else:
            limits[one.rule.id] = one.limit
    return {name: value for name, value in (("limits", limits), ("disable", disable)) if value}


def _of_drop(settings: Mapping[str, Any], change: RuleChange) -> dict[str, Any]:
    """The settings of a `drop` with another limit, defaults left out."""
    usual = {"field": "response", "rule": "drop", "undesirable": False}
    kept = {**settings, "limit": change.limit}
    if change.limit is None:
        del kept["limit"]
    return {
        key: value
        for key, value in kept.items()
        if key == "limit" or (value and value != usual.get(key))
    }


def as_yaml(settings: dict[str, Any]) -> str:
    r"""Settings as lines of a recipe, indented.

    >>> as_yaml({"limits": {"short": 3}})
    '  limits: {short: 3}'
    """
    import yaml

    text = yaml.safe_dump(settings, default_flow_style=None, sort_keys=False, width=1000)
    text = text.replace("'- drop':", "- drop:")
    return "".join(f"  {line}\n" for line in text.splitlines()).rstrip("\n")
