"""What every search must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import math
from collections.abc import Callable

from forecastlab.tuning.search import Search
from forecastlab.tuning.space import Dimension, Params, Proposal, Space, Trial

Check = Callable[[Search], None]

SPACE: Space = (
    Dimension("method", choices=("a", "b")),
    Dimension("method(a).depth", whole=True, low=1, high=4, step=1, when={"method": ("a",)}),
    Dimension("rate", low=0.1, high=0.5, step=0.1),
    Dimension("by", choices=([], ["segment"], None)),
)


def proposals_lie_in_the_space(search: Search) -> None:
    """Every proposed value is one of the choices or within its range, and exists under what was chosen before."""
    for index in range(12):
        proposal = search.propose(SPACE, _finished(min(index, 8)), index)
        assert proposal is not None, "nothing was proposed"
        params = proposal.params
        for dimension in SPACE:
            assert dimension.exists(params) == (dimension.key in params), f"{dimension.key} is there or missing wrongly"
            if dimension.key in params:
                _assert_inside(dimension, params[dimension.key])


def the_same_past_gives_the_same_proposal(search: Search) -> None:
    """Proposals depend on the finished trials, the seed and the number alone: nothing else is remembered."""
    once = [search.propose(SPACE, _finished(8), index) for index in (8, 9, 10)]
    again = [search.propose(SPACE, _finished(8), index) for index in (10, 9, 8)]
    assert once == again[::-1], "asked again, it proposed something else"


def the_bar_is_for_all_folds_but_the_last(search: Search) -> None:
    """A trial may be given up after a fold, never after the last one; without enough others it is not."""
    assert all(math.isinf(bar) for bar in search.bar([], 5)), "a trial could be given up with nothing to compare it to"
    bars = search.bar(_finished(40), 5)
    assert len(bars) == 5 and math.isinf(bars[-1]), "the last fold has a bar"


def _assert_inside(dimension: Dimension, value: object) -> None:
    if dimension.choices:
        assert value in dimension.choices, f"{dimension.key}: {value!r} is no choice"
        return
    assert isinstance(value, (int, float)), f"{dimension.key}: {value!r} is no number"
    assert dimension.low - 1e-9 <= value <= dimension.high + 1e-9, f"{dimension.key}: {value!r} is out of range"
    assert isinstance(value, int) == dimension.whole, f"{dimension.key}: {value!r} is of the wrong kind"


def _finished(n: int) -> list[Trial]:
    """Made-up trials, some of them given up, one failed."""
    trials = []
    for i in range(n):
        method = "ab"[i % 2]
        params: Params = {"method": method, "rate": round(0.1 * (i % 5 + 1), 1), "by": [[], ["segment"], None][i % 3]}
        params |= {"method(a).depth": i % 4 + 1} if method == "a" else {}
        losses = tuple(1.0 + 0.1 * (i % 7) + 0.01 * fold for fold in range(5))
        if i == 3:
            trials.append(Trial(i, Proposal(params, {}), "failed", (), (), 0.1, "it broke"))
        elif i % 4 == 3:
            trials.append(Trial(i, Proposal(params, {}), "pruned", losses[:2], (), 0.1))
        else:
            trials.append(Trial(i, Proposal(params, {}), "done", losses, losses[-1:], 0.1))
    return trials


CHECKS: tuple[Check, ...] = (
    proposals_lie_in_the_space,
    the_same_past_gives_the_same_proposal,
    the_bar_is_for_all_folds_but_the_last,
)
"""All of them."""
