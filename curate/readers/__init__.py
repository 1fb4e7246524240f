"""Readers: from files to records."""
