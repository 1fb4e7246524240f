"""Training: thin over TRL."""
