"""Composed YAML → objects. The only place, with the command line, that knows Hydra."""

from forecastlab.recipe.build import Recipe, build
from forecastlab.recipe.compose import Composed, compose, expand
from forecastlab.recipe.trust import NOBODY, Trusted, trust

__all__ = ["NOBODY", "Composed", "Recipe", "Trusted", "build", "compose", "expand", "trust"]
