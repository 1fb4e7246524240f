"""What is no finding, although a pattern finds it: known examples, placeholders."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from curate.patterns.compiled import compiled
from curate.rulepacks.written import ExampleError, written_out

MATCH: Final = "match"
"""The key of an entry that is a pattern."""


class Allowed(NamedTuple):
    """Values and patterns: a finding that is such a value, or has such a match in it, is none."""

    values: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Any]) -> "Allowed":
        """Of what a pack or a recipe says: texts, and `{match: RE2}`.

        Raises ValueError with what is wrong.

        >>> Allowed.of(["secret", {"match": "^x+$"}]).allows("xxx")
        True
        """
        values, patterns = set(), []
        for entry in entries:
            if isinstance(entry, dict) and set(entry) == {MATCH} and isinstance(entry[MATCH], str):
                patterns.append(entry[MATCH])
                compiled(entry[MATCH])
            else:
                values.add(_text_of(entry))
        return cls(frozenset(values), tuple(patterns))

    def allows(self, value: str) -> bool:
        """Whether a value is no finding."""
        return value in self.values or any(compiled(one).search(value) for one in self.patterns)


NOTHING: Final = Allowed()


def _text_of(entry: Any) -> str:
    try:
        text = written_out(entry)
    except ExampleError as error:
        raise ValueError(str(error)) from None
    if not isinstance(text, str) or not text:
        raise ValueError(f"what is allowed is a text or {{match: RE2}}, not {entry!r}")
    return text
