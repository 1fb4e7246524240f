"""Signals: numbers and labels measured on texts.

Importing this package loads every module of its folder; `SIGNALS` names what they define.
"""

from importlib import import_module
from pkgutil import iter_modules

from curate.signals.registry import SIGNALS, Signal, measure

for _module in iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)

__all__ = ["SIGNALS", "Signal", "measure"]
