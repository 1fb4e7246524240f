"""A rule that finds secrets."""

from typing import Annotated, ClassVar

from pydantic import Field

from curate.patterns.allowed import Allowed
from curate.patterns.entropy import entropy
from curate.patterns.rule import PatternRule, Texts

NEAR = 100
"""Code points before and behind a finding in which one of its words must stand."""


class SecretRule(PatternRule):
    """A pattern, and how random what it finds must look."""

    group: ClassVar[str] = "secret"

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """The rule's name in the ledger, in kebab case."""
    match: str
    """An RE2 pattern; what its group `secret` matches is the secret, else all of it."""
    words: Texts = ()
    """One of them, in any letter case, must stand within 100 characters of the secret, or in it."""
    entropy: Annotated[float, Field(ge=0, le=8, allow_inf_nan=False)] | None = None
    """The least bits a character, by the secret's own characters."""

    def _counts(self, text: str, start: int, end: int, also: Allowed) -> bool:
        if self.entropy is not None and entropy(text[start:end]) < self.entropy:
            return False
        if self.words:
            around = text[max(start - NEAR, 0) : end + NEAR].lower()
            if not any(word.lower() in around for word in self.words):
                return False
        return super()._counts(text, start, end, also)
