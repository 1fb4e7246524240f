"""Engines map a picklable function over Parquet parts."""
