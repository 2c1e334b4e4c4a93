"""What every route must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecastlab.flow.members import Assembly, Leaf, leaves
from forecastlab.schema import Composite, Fold, Forecaster, History, Router, names
from forecastlab.schema.names import SELECT
from forecastlab.stages.forecast import ask, forecast
from forecastlab.testing.synthetic import history

Check = Callable[[Router], None]
STRANGE = "a segment that no route knows"


def its_routes_lead_to_methods(router: Router) -> None:
    """There is at least one route, and each leads to something that can be fitted."""
    assert router.routes, "it has no routes"
    ways = dict(router.routes) | ({} if router.other is None else {"other": router.other})
    for name, method in ways.items():
        assert isinstance(method, (Forecaster, Composite, Router)), f"{name} leads to no forecast method"


def each_series_goes_one_way(router: Router) -> None:
    """Every series is answered by one method and no other, also those of segments that no route knows."""
    past = _of_all_segments(router)
    taken = np.concatenate([leaf.where.of(past.static) for leaf in _alone(router)])
    assert sorted(taken.tolist()) == list(range(len(past.grid.ids))), "a series has no method, or several"


def each_row_is_answered_once(router: Router) -> None:
    """The answers of all routes together have one finite number per series and period."""
    past = _of_all_segments(router)
    fold = Fold(past.cutoff, 3, 1, past.freq, SELECT, 0)
    question = ask(past, fold, ())
    answers = {
        leaf.name: forecast(leaf.model, [question.take(leaf.where.of(past.static).tolist())], True)[0].frame
        for leaf in leaves(router)
    }
    found, _ = Assembly(router).assemble(answers, fold)
    assert len(found) == len(past.grid.ids) * 3, "rows are missing or doubled"
    assert not found.duplicated([names.SERIES, names.DS]).any() and np.isfinite(found[names.YHAT]).all(), "not once"


def _alone(router: Router) -> list[Leaf]:
    """The leaves by which series are divided: of a combination every member answers the same ones, so one will do."""
    found = {leaf.where: leaf for leaf in leaves(router)}
    return list(found.values())


def _of_all_segments(router: Router) -> History:
    """Two series for each routed segment, and two of a segment without a route if there is another way."""
    segments = [*router.routes, *([] if router.other is None else [STRANGE])]
    past = history(5, 2 * len(segments), 30, "M", 12)
    past.static[names.SEGMENT] = np.repeat(np.array(segments, dtype=object), 2)
    return past


CHECKS: tuple[Check, ...] = (its_routes_lead_to_methods, each_series_goes_one_way, each_row_is_answered_once)
