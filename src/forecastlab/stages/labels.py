"""Segments of purchases: each belongs to the segment its customer had at the end of the period before, or, frozen, at
the cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from forecastlab.schema import Assigner, ConfigError, Fault, Segmenter, duration_days
from forecastlab.schema.names import CUSTOMER, NEW, SEGMENT, UNKNOWN
from forecastlab.stages import asof
from forecastlab.stages.opened import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AS_OF = "as_of"


@dataclass(frozen=True)
class Membership:
    """How purchases get their segment: by the segmentation as fitted, as-of the end of the period before.

    ``first`` is the segment of a purchase whose customer has none by then. Where ``frozen_at`` is a date, it counts in
    place of the end of the period before, for the purchases before it and after it alike.
    """

    segmenter: Segmenter
    assigner: Assigner
    first: str
    frozen_at: pd.Timestamp | None


_ASKS = """
CREATE OR REPLACE TABLE asks AS
SELECT DISTINCT l.customer_id, CAST(c.as_of AS DATE) AS as_of
FROM lines l JOIN calendar c USING (ds) WHERE l.customer_id IS NOT NULL
"""


def window_days(segmenter: Segmenter) -> int | None:
    """The segmentation's window in days; None: the whole past. Raises ConfigError."""
    return duration_days(segmenter.window, "segmentation.window") if segmenter.window else None


_FREEZE = "UPDATE calendar SET as_of = DATE {day}"

_SEEN = f"""
INSERT INTO labels
SELECT customer_id, as_of, {text(UNKNOWN)} FROM asks a
WHERE EXISTS (SELECT 1 FROM days d WHERE d.customer_id = a.customer_id AND DATE '1970-01-01' + d.day <= a.as_of)
AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.customer_id = a.customer_id AND b.as_of = a.as_of)
"""


def label_all(con: DuckDBPyConnection, membership: Membership) -> None:
    """Fill the table ``labels`` as the membership says; see ``label``.

    Frozen, the calendar's dates give way to the one date, and a customer who had brought something back by then but
    bought nothing is ``unknown``: known, but without a profile. Whoever has no label was not seen by then.
    """
    if membership.frozen_at is not None:
        con.execute(_FREEZE.format(day=text(str(membership.frozen_at.date()))))
    label(con, membership.segmenter, membership.assigner)
    if membership.frozen_at is not None:
        con.execute(_SEEN)


def label(con: DuckDBPyConnection, segmenter: Segmenter, assigner: Assigner) -> None:
    """Fill the table ``labels`` (customer_id, as_of, segment) for every customer and period in the table ``lines``.

    Needs the tables ``days`` and ``lines`` and the view ``calendar`` (ds, as_of). A purchase without a profile, and so
    without a label, is a first purchase. Raises ConfigError if the part gives a name it does not declare.
    """
    con.execute(_ASKS)
    con.execute("CREATE OR REPLACE TABLE labels (customer_id VARCHAR, as_of DATE, segment VARCHAR)")
    for batch in asof.stream(con, window_days(segmenter), segmenter.attributes):
        named = batch[[CUSTOMER, AS_OF]].assign(**{SEGMENT: assign(segmenter, assigner, batch)})
        con.register("batch", named)
        con.execute("INSERT INTO labels SELECT customer_id, CAST(as_of AS DATE), segment FROM batch")
        con.unregister("batch")


def assign(segmenter: Segmenter, assigner: Assigner, profiles: pd.DataFrame) -> pd.Series[str]:
    """The segment of each profile, checked: a nameless customer would move money unseen. Raises ConfigError."""
    segments = assigner.assign(profiles)
    strange = set(segments.unique()) - {*segmenter.segments, NEW}
    if strange or len(segments) != len(profiles):
        found = ", ".join(sorted(map(repr, strange))) or f"{len(segments)} labels for {len(profiles)} customers"
        raise ConfigError(
            Fault("bad-segment", "segmentation", f"the part gave {found}, declared are {', '.join(segmenter.segments)}")
        )
    return segments
