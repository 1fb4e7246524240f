"""The store: immutable versions in Parquet behind a small DuckDB catalog."""
