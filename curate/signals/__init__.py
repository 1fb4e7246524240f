"""Signals: numbers and labels measured on texts.

Importing this package loads every module of its folder, and those of installed entry points;
`SIGNALS` names what they define.
"""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from curate.signals.registry import (
    SIGNALS,
    Signal,
    measure,
    record_signal,
    scan_signal,
    signal,
    text_signal,
    tokens_first,
)

ENTRY_POINT_GROUP = "curate.signals"

for _module in iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)


def _load_installed() -> None:
    """Load the signals of other packages, whose releases are part of what makes their values."""
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        before = set(SIGNALS)
        entry.load()
        release = f"{entry.dist.name}=={entry.dist.version}" if entry.dist else entry.name
        for name in set(SIGNALS) - before:
            SIGNALS[name] = SIGNALS[name]._replace(code=release.encode())


_load_installed()

__all__ = [
    "SIGNALS",
    "Signal",
    "measure",
    "record_signal",
    "scan_signal",
    "signal",
    "text_signal",
    "tokens_first",
]
