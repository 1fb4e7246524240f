"""A rule on the lines of a text: it removes them, mends them, or drops the record."""

from collections.abc import Iterator
from typing import Final, Literal

import pyarrow as pa

from curate.rulepacks.rule import Fault, Predicate, predicate_faults
from curate.signals import SIGNALS, Signal

REMOVED: Final = {
    "removed_words": "Share of the words of the text that are in lines removed so far.",
    "removed_lines": "Share of the lines of the text, but blank ones, that were removed so far.",
}
"""Signals of a text under its line rules; a rule that names one judges the text, not a line."""


def line_signals() -> dict[str, Signal]:
    """The signals that a line rule can name: those of a text alone, and `REMOVED`."""
    own = {name: each for name, each in SIGNALS.items() if each.of_text_alone is not None}
    removed = {
        name: Signal(name, what, "share", pa.float64(), True, lambda _, scan: scan.texts)
        for name, what in REMOVED.items()
    }
    return own | removed


class LineRule(Predicate):
    """A predicate on a line, without the white space at its ends; blank lines are lines too."""

    replace: str | None = None
    """What stands for each match of the pattern from then on; without it the line is removed."""
    drops: Literal["line", "record"] = "line"
    """Whether a line that fails is removed, or the whole record is dropped for it."""


def judges_whole_text(rule: LineRule) -> bool:
    """Whether a rule is on what was removed of a text rather than on a line."""
    return rule.where is not None and any(name in rule.where for name in REMOVED)


def line_rule_faults(rule: LineRule) -> Iterator[Fault]:
    """Everything that is wrong with a line rule whose form is right, except its examples."""
    known = line_signals()
    yield from predicate_faults(rule, known)
    if rule.replace is not None and (rule.match is None or rule.drops == "record"):
        yield Fault("replace", "`replace` mends what `match` finds, and drops nothing")
    if rule.replace is not None and "\\" in rule.replace:
        yield Fault("replace", "`replace` is plain text, without backslashes")
    if rule.where is not None:
        named = [name for name in REMOVED if name in rule.where]
        if named and rule.drops == "line":
            right = "with `drops: record`"
            yield Fault("where", f"`{named[0]}` is of the whole text, and can only drop it {right}")
