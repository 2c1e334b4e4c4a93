"""The baseline of lists: everybody is offered what most others bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from forecastlab.schema.items import RULES, Floats, ItemCustomers, ItemKind, ItemPast, ItemScores


@dataclass(frozen=True)
class FittedPopular:
    """The share of customers who bought each item lately: of each segment, and of all (``shares[-1]``)."""

    segments: NDArray[np.str_]
    shares: Floats

    @property
    def rules(self) -> pd.DataFrame:
        """None."""
        return pd.DataFrame(columns=RULES)

    def score(self, customers: ItemCustomers) -> ItemScores:
        """The shares of the customer's segment; of all where the segment was not there."""
        place = {name: i for i, name in enumerate(self.segments.tolist())}
        rows = [place.get(name, len(self.segments)) for name in customers.segments.tolist()]
        return ItemScores(self.shares[rows], None)


@dataclass(frozen=True)
class MostPopular:
    """The baseline: what most customers bought within the window of the target, in all or in the customer's segment."""

    within: Annotated[Literal["total", "segment"], Field(description="whose purchases count: all, or the segment's")]

    @property
    def kinds(self) -> tuple[ItemKind, ...]:
        """Items."""
        return ("items",)

    def learn(self, past: ItemPast) -> FittedPopular:
        """Count."""
        segments = past.customers.segments
        names = np.unique(segments) if self.within == "segment" else np.array([], dtype=str)
        late = past.day > past.cutoff - past.window
        baskets, buyer = past.baskets[np.flatnonzero(late)], past.buyer[late]
        shares = [_shares(baskets, buyer, segments == name) for name in names]
        whole = past.popularity / max(len(segments), 1)
        return FittedPopular(names, np.vstack([*shares, whole]))


def _shares(baskets: object, buyer: NDArray[np.intp], members: NDArray[np.bool_]) -> Floats:
    """The share of the members who bought each item in these baskets."""
    from scipy.sparse import csr_array

    assert isinstance(baskets, csr_array)
    own = np.flatnonzero(members[buyer])
    ones = np.ones(len(own), dtype=np.int32)
    gathered = csr_array((ones, (buyer[own], own)), shape=(len(members), baskets.shape[0])) @ baskets
    return np.asarray((gathered > 0).sum(axis=0), dtype=np.float64).ravel() / max(int(members.sum()), 1)


PART = MostPopular
