"""Column and segment names, fixed once: they are never parameters."""

CUSTOMER = "customer_id"
TIME = "time"
AMOUNT = "amount"
QUANTITY = "quantity"
BASKET = "basket_id"

SERIES = "unique_id"
DS = "ds"
Y = "y"
YHAT = "yhat"
CUTOFF = "cutoff"
STEP = "step"
LEVEL = "level"
SEGMENT = "segment"

TOTAL = "total"
"""The level, and the id of its one series, that holds all the money."""

NEW = "new"
"""Segment of a first purchase, under every segmentation."""

UNKNOWN = "unknown"
"""Segment of a customer of left-truncated data before the warm-up has passed."""

ANONYMOUS = "anonymous"
"""Segment of sales that name no customer."""

FUTURE = "future_customers"
"""Segment, under frozen membership, of customers who are first seen after the cutoff."""

PROSPECT = "prospect"
"""Segment of a lead who has not bought yet: counted, but without sales by definition."""

SELECT = "select"
TEST = "test"

LIVE = "live"
"""Role of the fold that asks for what has not happened yet."""
