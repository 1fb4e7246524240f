"""Progress of a training: a bar on a terminal, plain lines elsewhere."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Listener:
    """Notes go to standard error; a terminal also gets a bar for the stage."""

    def __init__(self, bar: bool | None = None) -> None:
        """With `bar` a bar is drawn; by default where standard error is a terminal."""
        self._draw = sys.stderr.isatty() if bar is None else bar
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        if not self._draw:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=total)

    def advance(self, units: int) -> None:
        """Move the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, units)

    def note(self, text: str) -> None:
        """Print a line, above the bar where there is one."""
        if self._bar is not None:
            self._bar.console.print(f"curate: {text}", markup=False, highlight=False)
        else:
            click.echo(f"curate: {text}", err=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
