"""What every segmentation must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import SalesLog, Segmenter
from forecastlab.stages import asof, labels, panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.cells import lay_calendar
from forecastlab.stages.opened import opened

FEWER = 5
"""Every how manieth date is compared with the definition."""

Check = Callable[[Segmenter, SalesLog, Calendar], None]


def labels_in_one_pass_are_the_definition(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """Every label of the one-pass query is what ``assign`` says of a log that was cut off at that date."""
    ends = calendar.ends(log.facts)
    with opened(log, ends[-1]) as con:
        assigner = panel.fitted(con, segmenter, ends[-1])
        lay_calendar(con, calendar, ends)
        con.execute(
            "CREATE TABLE lines AS SELECT customer_id, ds FROM sales s JOIN daily c ON c.day = CAST(time AS DATE)"
        )
        labels.label(con, segmenter, assigner)
        found = con.execute("SELECT customer_id, CAST(as_of AS TIMESTAMP) AS as_of, segment FROM labels").df()
    assert len(found) and not found.duplicated(["customer_id", "as_of"]).any(), "no labels, or twice the same"
    for date, group in list(found.groupby("as_of"))[::FEWER]:
        profiles = _known(segmenter, log, pd.Timestamp(str(date)))
        expected = assigner.assign(profiles).set_axis(profiles["customer_id"])
        got = group.set_index("customer_id")["segment"]
        assert (expected.reindex(got.index) == got).all(), f"labels as-of {date} differ from assign"


def names_are_declared(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """Every profile gets exactly one of the declared names, on the index of the profiles."""
    profiles = _profiles(segmenter, log, calendar)
    profiles.index += 100
    segments = segmenter.fit(profiles).assign(profiles)
    assert segments.index.equals(profiles.index), "the index is not that of the profiles"
    assert set(segments) <= set(segmenter.segments), "a name that is not declared"
    assert len(set(segmenter.segments)) == len(segmenter.segments), "a name is declared twice"


def each_customer_is_looked_at_alone(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """A customer's segment does not depend on who else is in the frame, nor on the order of the rows."""
    profiles = _profiles(segmenter, log, calendar)
    assigner = segmenter.fit(profiles)
    whole = assigner.assign(profiles)
    some = profiles.sample(frac=0.4, random_state=1)
    assert (assigner.assign(some) == whole.loc[some.index]).all(), "part of the rows, other segments"


def fitting_is_pure(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """The same profiles give an equal assigner, whatever their order, and are left as they were; both pickle."""
    profiles = _profiles(segmenter, log, calendar)
    before = profiles.copy(deep=True)
    assigner = segmenter.fit(profiles)
    again = pickle.loads(pickle.dumps(segmenter)).fit(profiles.sample(frac=1, random_state=2))
    assert assigner == again, "another order of rows, another assigner"
    assert pickle.loads(pickle.dumps(assigner)) == assigner, "the assigner does not survive a trip to a worker"
    pd.testing.assert_frame_equal(profiles, before)


def nobody_is_no_problem(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """Fitted where nobody has bought yet, it still labels those who come later."""
    profiles = _profiles(segmenter, log, calendar)
    segments = segmenter.fit(profiles.iloc[:0]).assign(profiles)
    assert set(segments) <= set(segmenter.segments), "a name that is not declared"
    assert len(segmenter.fit(profiles).assign(profiles.iloc[:0])) == 0, "a segment of nobody"


def ids_carry_no_meaning(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> None:
    """Renamed customers leave the fitted numbers as they were (a lot drawn by id is fitted too, drawn later)."""
    profiles = _profiles(segmenter, log, calendar)
    renamed = profiles.assign(customer_id=[f"x{i}" for i in np.arange(len(profiles))[::-1]])
    assert segmenter.fit(profiles) == segmenter.fit(renamed), "the fitted numbers depend on names"


def _profiles(segmenter: Segmenter, log: SalesLog, calendar: Calendar) -> pd.DataFrame:
    return _known(segmenter, log, calendar.ends(log.facts)[-1])


def _known(segmenter: Segmenter, log: SalesLog, as_of: pd.Timestamp) -> pd.DataFrame:
    return asof.profiles(log, as_of, labels.window_days(segmenter), segmenter.attributes)


CHECKS: tuple[Check, ...] = (
    labels_in_one_pass_are_the_definition,
    names_are_declared,
    each_customer_is_looked_at_alone,
    fitting_is_pure,
    nobody_is_no_problem,
    ids_carry_no_meaning,
)
