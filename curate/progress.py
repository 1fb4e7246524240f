"""Progress of long work, told to whoever listens; libraries never print."""

from typing import Protocol


class Progress(Protocol):
    """A listener: a bar on a terminal, plain lines elsewhere, nothing in tests."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage of `total` units (None where it is not known)."""

    def advance(self, units: int) -> None:
        """Tell that so many more units of the stage are done."""

    def note(self, text: str) -> None:
        """Tell something worth a line."""


class Silent:
    """A listener that ignores everything."""

    def stage(self, name: str, total: int | None) -> None:
        """Ignore a stage."""

    def advance(self, units: int) -> None:
        """Ignore units."""

    def note(self, text: str) -> None:
        """Ignore a note."""
