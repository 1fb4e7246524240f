"""REF: how versions are named (docs/format.md, "REF")."""

import re
from typing import NamedTuple

from curate.errors import UsageError

_REF = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,99})(@(?P<version>[0-9]{1,9}|latest))?(:(?P<split>[\w.-]{1,100}))?"
)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
"""What a dataset or a tag may be called."""


class Ref(NamedTuple):
    """A parsed REF; `name` is a dataset, a tag or the beginning of a snapshot id."""

    name: str
    version: int | None
    split: str | None


def parse_ref(text: str) -> Ref:
    """Parse a REF; `version` is None for the newest.

    >>> parse_ref("support-sft@3:eval")
    Ref(name='support-sft', version=3, split='eval')
    """
    match = _REF.fullmatch(text)
    if match is None:
        raise UsageError(
            f"REF {text!r}",
            "not a name of a version",
            "Write dataset, dataset@3, a tag or the start of a snapshot id; :split may follow.",
        )
    number = match["version"]
    version = None if number in (None, "latest") else int(number)
    return Ref(match["name"], version, match["split"])
