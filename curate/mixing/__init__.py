"""Mixing and balancing: how much of each slice there shall be, and which records make it up."""
