"""The segmentation parts: schemes that give every customer one segment as-of a date."""
