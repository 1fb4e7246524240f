"""Git-grade history for fine-tuning data."""

__version__ = "0.1.0"
