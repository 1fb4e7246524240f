"""Progress on a terminal as a bar with rate and time left, elsewhere as plain lines."""

import sys
import time
from typing import TYPE_CHECKING

import click

from curate.output import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import ProgressColumn, TaskID

LINE_EVERY_SECONDS = 10.0

SLOW = 10.0
"""Below this rate per second two digits are shown."""


def listener_for(quiet: bool) -> "PlainListener | BarListener":
    """Choose by whether a person watches; with `quiet` only notes are printed."""
    if sys.stderr.isatty() and not quiet:
        return BarListener()
    return PlainListener(quiet)


def shown_rate(rate: float) -> str:
    """A rate per second as a person reads it.

    >>> shown_rate(0.31), shown_rate(12345.6)
    ('0.31/s', '12,346/s')
    """
    return f"{rate:,.0f}/s" if rate >= SLOW else f"{rate:.2g}/s"


class PlainListener:
    """Lines to standard error: when a stage begins, and then now and again."""

    def __init__(self, quiet: bool = False) -> None:
        """With `quiet` stages are not told."""
        self._quiet = quiet
        self._name, self._done = "", 0
        self._total: int | None = None
        self._started = self._told = time.monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        self._name, self._total, self._done = name, total, 0
        self._started = self._told = time.monotonic()

    def advance(self, units: int) -> None:
        """Count, and tell every ten seconds."""
        self._done += units
        now = time.monotonic()
        if self._quiet or now - self._told < LINE_EVERY_SECONDS:
            return
        self._told = now
        rate = self._done / (now - self._started)
        left = f", {(self._total - self._done) / rate:,.0f} s left" if self._total and rate else ""
        of = f" of {self._total:,}" if self._total else ""
        self.note(f"{self._name}: {self._done:,}{of}, {shown_rate(rate)}{left}")

    def note(self, text: str) -> None:
        """Print a line."""
        click.echo(f"curate: {visible(text)}", err=True)

    def close(self) -> None:
        """Nothing is open."""


class BarListener:
    """A bar on the terminal, one line that each stage takes over."""

    def __init__(self) -> None:
        """The bar appears with the first stage."""
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Take the bar over for a stage."""
        bar = self._shown()
        if self._task is not None:
            bar.remove_task(self._task)
        self._task = bar.add_task(name, total=total)

    def advance(self, units: int) -> None:
        """Move the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, units)

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        if self._bar is not None:
            self._bar.console.print(f"curate: {visible(text)}", markup=False, highlight=False)
        else:
            click.echo(f"curate: {visible(text)}", err=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _shown(self) -> "Bar":
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                _rate_column(),
                TimeRemainingColumn(),
                console=Console(stderr=True, emoji=False),
                transient=True,
            )
            self._bar.start()
        return self._bar


def _rate_column() -> "ProgressColumn":
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Rate(ProgressColumn):
        """Records a second."""

        def render(self, task: Task) -> Text:
            """Show the rate, once there is one."""
            return Text(shown_rate(task.speed) if task.speed else "")

    return Rate()
