"""Operators: one file each."""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from curate.operator import REGISTRY, Operator

ENTRY_POINT_GROUP = "curate.operators"


def load() -> dict[str, type[Operator]]:
    """Import every operator of this folder and of installed entry points; return them by name.

    What an entry point raises while it is imported is passed on: a package that is installed and
    broken must not change a build silently.
    """
    for module in iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        entry.load()
    return REGISTRY
