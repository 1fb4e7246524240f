"""Recipes: sources, steps and seed."""

from curate.recipe.code import load_code
from curate.recipe.parse import load_recipe, parse_recipe
from curate.recipe.problem import RecipeProblemsError
from curate.recipe.recipe import Recipe, Step
from curate.recipe.source import Source, StoredSource

__all__ = [
    "Recipe",
    "RecipeProblemsError",
    "Source",
    "Step",
    "StoredSource",
    "load_code",
    "load_recipe",
    "parse_recipe",
]
