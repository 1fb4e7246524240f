"""What a reading of rules on lines makes of a text."""

from collections.abc import Callable
from typing import NamedTuple

Fate = tuple[str, str | None]
"""A line without the white space at its ends, after its rules: what it became, and the rule that
removed it or none."""


class Edited(NamedTuple):
    """A text after its lines were judged."""

    text: str
    causes: frozenset[str]
    """The rules that removed or mended a line."""
    drops: frozenset[str]
    """The rules that drop the record; then the text is as it was."""


def edited(
    text: str, fate: Callable[[str], Fate], mends: str = "", drops: frozenset[str] = frozenset()
) -> Edited:
    """Keep the lines that no rule removed; `mends` is the rule that made others of some."""
    if drops:
        return Edited(text, frozenset(), drops)
    kept: list[str] = []
    causes = set()
    raws = text.split("\n")
    for place, raw in enumerate(raws):
        line = raw.strip()
        now, cause = fate(line)
        if cause is not None:
            # Behind the last line feed nothing is left to remove, where no line is kept.
            if raw or kept or place < len(raws) - 1:
                causes.add(cause)
        elif now == line:
            kept.append(raw)
        else:
            causes.add(mends)
            before = raw[: len(raw) - len(raw.lstrip())]
            after = raw[len(raw.rstrip()) :]
            kept.append(before + now + after)
    return Edited("\n".join(kept), frozenset(causes), drops)
