"""What is wrong with a pack."""

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with a pack."""

    line: int
    what: str

    def __str__(self) -> str:
        """Line first."""
        return f"line {self.line}: {self.what}"


class PackError(ValueError):
    """A pack is wrong; the message lists all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Order the problems by line."""
        self.problems = sorted(set(problems))
        super().__init__("; ".join(map(str, self.problems)))
