"""Builds: readers, operators, an engine and the store, joined."""

from curate.build.build import Built, build
from curate.build.options import Options

__all__ = ["Built", "Options", "build"]
