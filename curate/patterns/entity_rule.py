"""A rule that finds personal data of one entity."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import re2
from pydantic import Field

from curate.patterns.rule import PatternRule, Texts, pattern_faults
from curate.rulepacks.rule import Fault


class EntityRule(PatternRule):
    """A pattern or a list of values, with the score that a finding begins with."""

    group: ClassVar[str] = "value"

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")]
    """The entity, in capitals, such as EMPLOYEE_NUMBER."""
    match: str | None = None
    """An RE2 pattern; what its group `value` matches is found, else all of it."""
    list: Texts = ()
    """Values, instead of `match`: each is found in any letter case between characters that are no
    letters and no digits."""
    score: Annotated[float, Field(gt=0, le=1)]
    """How sure a finding is; a checksum makes it 1, and words before it raise it."""
    context: Texts = ()
    """Words that raise the score where they stand before a finding."""

    @property
    def pattern(self) -> str:
        """The pattern of `match`, or that of any value of `list`, longer ones first."""
        if not self.list:
            return self.match or ""
        values = sorted(set(self.list), key=lambda value: (-len(value), value))
        any_of = "|".join(map(re2.escape, values))
        return rf"(?i)(?:\A|[^\pL\pN])(?P<{self.group}>{any_of})(?:[^\pL\pN]|\z)"


def entity_faults(rule: EntityRule) -> Iterator[Fault]:
    """Everything that is wrong with a rule whose form is right, except its examples."""
    if (rule.match is None) == (not rule.list):
        yield Fault("id", "an entity has one of `match` and `list`")
    elif not all(rule.list):
        yield Fault("list", "a value is empty")
    else:
        yield from pattern_faults(rule)
