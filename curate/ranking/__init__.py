"""Ranking records by an expression, and choosing the best beside what chance would choose."""
