"""Demonstration data of a support team that does not exist, and what makes it."""
