"""Builds: readers, operators, an engine and the store, joined."""

from curate.build.build import Built, Options, build

__all__ = ["Built", "Options", "build"]
