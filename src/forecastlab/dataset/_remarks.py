"""What is legal in a stranger's file and still worth a remark in the ledger, with the rows and money it is about."""

from __future__ import annotations

from typing import Any

from forecastlab.dataset._csv_cells import among, moment, swapped
from forecastlab.dataset._log import Shape

_FEW = 20
"""Remarks about the file as a whole are made from so many used rows on: below it they are mostly chance."""
_WORDS = ("NA", "N/A", "na", "n/a", "NULL", "null", "Null", "None", "none", "NaN", "nan", "#N/A", "-", "?", "unknown")


def remarks(con: Any, parsed: str, date_format: str, shape: Shape) -> dict[str, str]:
    """Remarks for the ledger: the SQL condition of the rows that each is about. ``parsed`` reads the parsed rows."""
    notes = {
        "repeats another row": "copy > 1",
        "customer id is a word like NA": f"coalesce({among('customer_id', _WORDS)}, false)",
        "customer id ends in .0, as if once a number": "coalesce(regexp_full_match(customer_id, '[0-9]+[.]0'), false)",
        "rounded to cents": "finer",
    }
    if shape.has_quantity:
        notes["no quantity"] = "quantity IS NULL"
    if shape.has_basket:
        notes["no basket"] = "basket_id IS NULL"
    other = swapped(date_format)
    both = f"bool_and({moment('time_text', other)} IS NOT NULL)" if other else "false"
    rows, same_customer, most, all_money, either = con.execute(
        f"SELECT count(*), min(customer_id) = max(customer_id), max(abs(amount)), sum(abs(amount)), {both} "
        f"FROM {parsed} WHERE dropped IS NULL"
    ).fetchone()
    if rows < _FEW:
        return notes
    if same_customer:
        notes["the same customer id on every row that has one"] = "customer_id IS NOT NULL"
    if 2 * most > all_money:
        notes["more money than all other rows together"] = f"abs(amount) = {most}"
    if either:
        notes["dates would read with day and month exchanged, too"] = "true"
    return notes
