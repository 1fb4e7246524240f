"""Builds: readers, operators, an engine and the store, joined."""
