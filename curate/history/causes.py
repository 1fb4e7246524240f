"""The causes of changes, in words: what happened to records, and why now."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import orjson

from curate.history.recipes import InputChange, PartChange, RecipeChange, RuleChange, Setting
from curate.store import Version

ChangeKind = Literal["removed", "added", "edited", "moved"]
CHANGES: Final[tuple[ChangeKind, ...]] = ("removed", "added", "edited", "moved")

SIGNS: Final = {"removed": "-", "added": "+", "edited": "~", "moved": ">"}
STYLES: Final = {"removed": "red", "added": "green", "edited": "yellow", "moved": "cyan"}
"""How a page marks each kind of change."""

PARTS_NAMED: Final = 3
"""How many settings or files are named before the rest is only counted."""


class Cause(NamedTuple):
    """Why a number of records changed alike."""

    change: ChangeKind
    cause: str
    """dropped, gone, new, recipe, quarantine, copies, made, split, steps, source, matched or
    unknown."""
    step: str | None
    """The step that decided; for edits, the first that differs."""
    rules: tuple[str, ...]
    number: int
    """How many records."""
    what: str
    """What happened, such as "dropped by rules: refusal"."""
    why: str
    """What of recipe or input is different; empty where nothing is known."""
    key: str
    """What the rows of the table of changes share."""


class Explainer:
    """Puts causes into words, from what differs between two recipes and their inputs."""

    def __init__(
        self,
        before: Version,
        after: Version,
        recipe: RecipeChange,
        inputs: Sequence[InputChange],
    ) -> None:
        """`recipe` and `inputs` are what differs between the two versions."""
        self._before, self._after = before, after
        self._recipe, self._inputs = recipe, inputs

    def cause(self, key: str, number: int) -> Cause:
        """Explain a group of changes by its key, as `changes_between` gives it."""
        facts = orjson.loads(key)
        steps = [*(facts.get(name) or [] for name in ("steps_new", "steps_old", "steps_other"))]
        step = facts.get("step") or next((name for names in steps for name in names), None)
        rules = tuple(rule for rule in facts.get("rules") or () if rule is not None)
        return Cause(
            facts["change"],
            facts["cause"],
            step,
            rules,
            number,
            _what(facts, rules),
            self._why(facts, step, rules),
            key,
        )

    def _why(self, facts: dict[str, Any], step: str | None, rules: tuple[str, ...]) -> str:
        if facts["cause"] in ("gone", "new", "quarantine", "source", "matched"):
            return self._input_words(facts["named"])
        if facts["cause"] == "recipe" or step is None:
            return ""
        if facts.get("content_changed"):
            return "its content changed in the source"
        change = self._recipe.step(step)
        if change is not None:
            return self._step_words(change, rules)
        references = self._reference_words(step)
        if references:
            return references
        if facts.get("twin_changed"):
            return "its twin is new" if facts["change"] == "removed" else "its twin is gone"
        return self._upstream_words(step)

    def _input_words(self, source: str) -> str:
        limits = [version.manifest.get("limit") for version in (self._before, self._after)]
        if limits[0] != limits[1]:
            return f"--limit {setting_value(limits[0])} -> {setting_value(limits[1])}"
        found = [change for change in self._recipe.sources if change.name == source]
        if found and found[0].settings:
            return _listed(setting_words(setting) for setting in found[0].settings)
        files = [f"{one.file} {one.state}" for one in self._inputs if one.source == source]
        if not files and not self._reads(source):
            # It came by versions, whose records keep the sources that they have.
            files = [f"{one.file} {one.state}" for one in self._inputs]
        return _listed(files)

    def _reads(self, source: str) -> bool:
        """Whether one of the versions has files of a source."""
        versions = (self._before, self._after)
        return any(one["source"] == source for each in versions for one in each.inputs)

    def _step_words(self, change: PartChange, rules: tuple[str, ...]) -> str:
        if change.state in ("added", "removed", "moved"):
            return f"step {change.name} was {change.state}"
        named = [setting for setting in change.settings if any(r in setting.name for r in rules)]
        if change.settings:
            return _listed(setting_words(setting) for setting in named or change.settings)
        changed = [words for one in change.rules if one.rule in rules for words in rule_words(one)]
        if changed:
            return _listed(changed)
        return f"the version or the files of step {change.name} changed"

    def _reference_words(self, step: str) -> str:
        """What a step that is itself the same compared with, where that changed."""
        before, after = (
            {
                one["name"]: one["digest"]
                for one in version.manifest.get("references", {}).get(step, ())
            }
            for version in (self._before, self._after)
        )
        changed = (name for name, digest in after.items() if before.get(name, digest) != digest)
        return _listed(f"{name} changed" for name in changed)

    def _upstream_words(self, step: str) -> str:
        """What differs before a step that is itself the same."""
        seed = next((s for s in self._recipe.settings if s.name == "seed"), None)
        if seed is not None:
            return setting_words(seed)
        order = [one["name"] for one in self._after.recipe["steps"]]
        earlier = order[: order.index(step)] if step in order else []
        changed = [
            one.name for one in self._recipe.steps if one.name in earlier or one.state == "removed"
        ]
        if changed:
            return f"steps before it changed: {_listed(changed)}"
        return _listed(f"{one.file} {one.state}" for one in self._inputs)


def setting_words(setting: Setting) -> str:
    """A setting's two values.

    >>> setting_words(Setting("threshold", 0.8, 0.7))
    'threshold 0.8 -> 0.7'
    """
    before, after = setting_value(setting.before), setting_value(setting.after)
    return f"{setting.name} {before} -> {after}"


def rule_words(change: RuleChange) -> Iterator[str]:
    """What differs in a rule.

    >>> list(rule_words(RuleChange("too-short", "changed", (Setting("limit", 5, 17),))))
    ['limit of too-short 5 -> 17']
    """
    if change.state != "changed":
        yield f"rule {change.rule} was {change.state}"
    for one in change.settings:
        yield f"{one.name} of {setting_words(one._replace(name=change.rule))}"


def setting_value(value: Any) -> str:
    """A setting's value: a text as it is, all else as JSON."""
    if value is None:
        return "not set"
    return value if isinstance(value, str) and value else orjson.dumps(value).decode()


def _listed(parts: Iterable[str]) -> str:
    parts = list(parts)
    more = f" and {len(parts) - PARTS_NAMED} more" if len(parts) > PARTS_NAMED else ""
    return ", ".join(parts[:PARTS_NAMED]) + more


_WORDS: Final = {
    ("removed", "dropped"): "dropped by {step}{rules}",
    ("added", "dropped"): "no longer dropped by {step}{rules}",
    ("removed", "gone"): "gone from source {named}",
    ("added", "new"): "new in source {named}",
    ("removed", "recipe"): "source {named} left the recipe",
    ("added", "recipe"): "source {named} joined the recipe",
    ("removed", "quarantine"): "its line of source {named} cannot be read",
    ("added", "quarantine"): "its line of source {named} could not be read",
    ("removed", "copies"): "fewer copies",
    ("added", "copies"): "more copies",
    ("removed", "made"): "no longer made by {step}",
    ("added", "made"): "made by {step}",
    ("edited", "made"): "made otherwise by {step}",
    ("edited", "source"): "changed in source {named}",
    ("edited", "matched"): "changed in source {named}, which has no key: matched by the prompt",
}
"""What happened, by change and cause."""


def _what(facts: dict[str, Any], rules: tuple[str, ...]) -> str:
    if facts["cause"] == "split":
        before, after = (split or "-" for split in facts["moved"])
        if before == after:  # splits were compared, and this one is on one side only
            side = "B" if facts["change"] == "removed" else "A"
            return f"of split {before}, which {side} leaves out"
        return f"{before} -> {after}" + (f" by {facts['step']}" if facts["step"] else "")
    if facts["cause"] == "steps":
        return _edit_words(facts)
    words = _WORDS.get((facts["change"], facts["cause"]))
    if words is None:
        return "its content differs; neither ledger says why"
    named = f": {', '.join(rules)}" if rules else ""
    return words.format(step=facts.get("step"), named=facts.get("named"), rules=named)


def _edit_words(facts: dict[str, Any]) -> str:
    ways = (
        ("edited by", facts["steps_new"]),
        ("no longer edited by", facts["steps_old"]),
        ("edited otherwise by", facts["steps_other"]),
    )
    return ", ".join(f"{way} {', '.join(steps)}" for way, steps in ways if steps)
