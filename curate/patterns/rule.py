"""One rule of a pack of patterns: what it finds in a text, and what can be wrong with it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from curate.patterns.allowed import NOTHING, Allowed
from curate.patterns.checksums import CHECKSUMS, unknown_checksum
from curate.patterns.compiled import compiled, matches
from curate.rulepacks.rule import Examples, Fault


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Entries = Annotated[tuple[str | dict[str, Any], ...], BeforeValidator(_as_tuple)]


class PatternRule(BaseModel):
    """What is found, why, and examples."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    group: ClassVar[str]
    """The group of a pattern that says which part of a match is found."""

    id: str
    """The rule's name in the ledger."""
    what: Annotated[str, Field(min_length=1)]
    """One sentence: what it finds."""
    why: Annotated[str, Field(min_length=1)]
    """Where the form is documented."""
    match: str | None = None
    """An RE2 pattern."""
    checksum: str | None = None
    """A checksum by its name, such as `luhn`, that what is found must fulfil."""
    allow: Entries = ()
    """What is no finding: texts, and `{match: RE2}`."""
    good: Examples
    """Texts in which nothing is found."""
    bad: Examples
    """Texts in which something is found."""

    @property
    def pattern(self) -> str:
        """The RE2 pattern that is looked for."""
        return self.match or ""

    @cached_property
    def _allowed(self) -> Allowed:
        return Allowed.of(self.allow)

    def places(self, text: str, also: Allowed = NOTHING) -> Iterator[tuple[int, int]]:
        """Where something is found: [start, end) in code points, ascending and apart.

        `also` is what is allowed besides.
        """
        for start, end in matches(self.pattern, self.group, text):
            if self._counts(text, start, end, also):
                yield start, end

    def _counts(self, text: str, start: int, end: int, also: Allowed) -> bool:
        value = text[start:end]
        if self.checksum is not None and not CHECKSUMS[self.checksum](value):
            return False
        return not self._allowed.allows(value) and not also.allows(value)


def pattern_faults(rule: PatternRule) -> Iterator[Fault]:
    """Everything that is wrong with a rule whose form is right, except its examples."""
    try:
        if compiled(rule.pattern).search("") is not None:
            yield Fault("match", "the pattern matches the empty text, so anywhere")
    except ValueError as error:
        yield Fault("match", str(error))
    if rule.checksum is not None and rule.checksum not in CHECKSUMS:
        yield Fault("checksum", unknown_checksum(rule.checksum))
    try:
        Allowed.of(rule.allow)
    except ValueError as error:
        yield Fault("allow", str(error))
