"""Which column of a log says what was bought: the one that is asked for, or the usual one."""

from __future__ import annotations

from forecastlab.schema import ConfigError, Facts, Fault, nearest

USUAL = ("category", "product_category", "department", "product", "product_id", "item", "sku", "article")
"""Names that such a column has, the first one that there is counts: of groups first, since single goods sell seldom."""


def item_of(facts: Facts, asked: str | None) -> str | None:
    """The dimension of goods; None where the log has none. Raises ConfigError for one that it does not have."""
    if asked is None:
        return next((each for each in USUAL if each in facts.dimensions), None)
    if asked not in facts.dimensions:
        what = f"found {asked}, this data has {', '.join(facts.dimensions) or 'no dimension'}"
        raise ConfigError(Fault("unknown-dimension", "profile.items", what, nearest(asked, facts.dimensions)))
    return asked
