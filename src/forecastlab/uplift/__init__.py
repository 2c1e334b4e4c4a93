"""The mathematics of uplift: what approaching customers adds, in the order of a score, without frames."""
