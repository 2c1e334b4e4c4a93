"""What measures of uplift share: the customers of whom it is known who was approached and who was held out."""

from __future__ import annotations

import numpy as np

from forecastlab.schema import Scored
from forecastlab.uplift.curves import Floats


def arms(scored: Scored) -> tuple[Floats, Floats, Floats] | None:
    """What happened, who was approached (1) or held out (0), and the score, of both arms; None where there are not two.

    Customers of neither arm are left aside: nobody can say what approaching them would have done.
    """
    if scored.treated is None:
        return None
    known = np.isfinite(scored.treated)
    y, treated, yhat = scored.y[known], scored.treated[known], scored.yhat[known]
    both = bool((treated == 1).any() and (treated == 0).any())
    return (y, treated, yhat) if both and np.isfinite(y).all() and np.isfinite(yhat).all() else None
