"""What is still to come from a customer, later purchases counting less."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecastlab.btyd.buyers import Buyers

Floats = NDArray[np.float64]


class Declining(Protocol):
    """A model that tells at which rate a customer will buy at any later time."""

    def rate(self, buyers: Buyers, times: Floats) -> Floats:
        """Expected purchases per unit of time, shape (customers, times)."""
        ...


def residual(model: Declining, buyers: Buyers, discount: float) -> Floats:
    """Discounted expected residual transactions (DERT) of each customer, shape (customers,).

    All purchases expected from now on, one that comes at time u counting exp(-discount · u); times in the unit of
    ``buyers``, so that a yearly rate of 15 % is log(1.15) / 52 for weeks. Fader, Hardie & Lee (2005), RFM and CLV, give
    it in closed form for Pareto/NBD; here it is the integral itself, over the logarithm of time, for any of the models.
    Raises ValueError where the discount is not above 0.
    """
    if not discount > 0:
        raise ValueError(f"the discount must be above 0, found {discount}")
    step = 0.2
    logs = np.arange(-16.0, 4.0, step)  # of discount · u: before and after there is nothing
    times = np.exp(logs) / discount
    sums: Floats = model.rate(buyers, times) @ (np.exp(-np.exp(logs)) * times * step)
    return sums
