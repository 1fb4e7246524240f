"""Upkeep of a store: checking it, freeing space, erasing contents, keeping copies."""
