"""The dataset parts: sources of sales."""
