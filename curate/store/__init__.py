"""The store: immutable versions in Parquet behind a small DuckDB catalog."""

from curate.store.ref import Ref, parse_ref
from curate.store.runs import Run
from curate.store.store import Store
from curate.store.version import Version

__all__ = ["Ref", "Run", "Store", "Version", "parse_ref"]
