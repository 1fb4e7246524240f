"""Changed limits as one writes them into a recipe."""

from collections.abc import Iterable
from typing import Any

from curate.history.whatif_changes import RuleChange
from curate.store import Version


def settings_of(version: Version, step: str, changes: Iterable[RuleChange]) -> dict[str, Any]:
    """The settings `limits` and `disable` of a step that make changes of its rules last."""
    steps = {one["name"]: one["settings"] for one in version.recipe["steps"]}
    settings = steps[step]
    limits, disable = dict(settings.get("limits") or {}), list(settings.get("disable") or ())
    for one in changes:
        if one.off:
            limits.pop(one.rule.id, None)
            disable.append(one.rule.id)
        else:
            limits[one.rule.id] = one.limit
    return {name: value for name, value in (("limits", limits), ("disable", disable)) if value}


def as_yaml(settings: dict[str, Any]) -> str:
    r"""Settings as lines of a recipe, indented.

    >>> as_yaml({"limits": {"short": 3}})
    '  limits: {short: 3}'
    """
    import yaml

    text = yaml.safe_dump(settings, default_flow_style=None, sort_keys=False, width=1000)
    return "".join(f"  {line}\n" for line in text.splitlines()).rstrip("\n")
