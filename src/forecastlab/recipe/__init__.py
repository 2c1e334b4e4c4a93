"""Composed YAML → objects. The only place, with the command line, that knows Hydra."""

from forecastlab.recipe.build import Recipe, build
from forecastlab.recipe.compose import Composed, compose, expand

__all__ = ["Composed", "Recipe", "build", "compose", "expand"]
