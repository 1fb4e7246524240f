"""Evaluation and traceability."""
