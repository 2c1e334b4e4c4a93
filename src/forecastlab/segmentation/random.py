"""A placebo: segments of the same size that mean nothing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from forecastlab.schema import Segmenter
from forecastlab.schema.names import PROSPECT


@dataclass(frozen=True)
class RandomAssigner:
    """Upper bounds of each segment's stretch of the line from 0 to 1, and the seed of the draw."""

    bounds: tuple[float, ...]
    seed: int

    def assign(self, profiles: pd.DataFrame) -> pd.Series[str]:
        """The segment whose stretch the customer's draw falls into; the same at every date."""
        codes, customers = pd.factorize(profiles["customer_id"])
        names = np.array([self._segment(customer) for customer in customers], dtype=object)
        return pd.Series(names[codes], index=profiles.index, dtype=object)

    def _segment(self, customer: str) -> str:
        return _name(bisect_right(self.bounds[:-1], self._draw(customer)))

    def _draw(self, customer: str) -> float:
        """A number from 0 to 1 that depends on nothing but the id and the seed: the same in every process."""
        digest = blake2b(f"{self.seed}:{customer}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") / 2**48


@dataclass(frozen=True)
class RandomSegments:
    """A placebo for another segmentation: segments of the same sizes, drawn by lot, so that they mean nothing.

    ``random_1`` is as large as the first segment of ``like`` is as-of the cutoff, and so on; a customer's lot is a hash
    of the id and the seed and never changes. A segmentation that forecasts no better than this one has found nothing.
    First purchases and sales without a customer are set apart as under every segmentation.
    """

    like: Annotated[Segmenter, Field(description="the segmentation whose sizes are copied")]
    seed: Annotated[int, Field(ge=0, description="another seed draws other lots")]

    @property
    def window(self) -> str | None:
        """That of ``like``."""
        return self.like.window

    @property
    def segments(self) -> tuple[str, ...]:
        """As many as ``like`` has; prospects are not drawn."""
        return tuple(_name(i) for i in range(len(self._copied)))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those of ``like``."""
        return self.like.attributes

    @property
    def _copied(self) -> tuple[str, ...]:
        return tuple(name for name in self.like.segments if name != PROSPECT)

    def fit(self, profiles: pd.DataFrame) -> RandomAssigner:
        """Learn the sizes of the segments of ``like`` as-of the cutoff (equal ones where there are no customers)."""
        counts = self.like.fit(profiles).assign(profiles).value_counts()
        sizes = [float(counts.get(name, 0)) for name in self._copied]
        if not sum(sizes):
            sizes = [1.0] * len(sizes)
        return RandomAssigner(tuple(total / sum(sizes) for total in accumulate(sizes)), self.seed)


def _name(place: int) -> str:
    return f"random_{place + 1}"


PART = RandomSegments
