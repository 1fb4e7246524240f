"""Recipes: sources, steps and seed."""
