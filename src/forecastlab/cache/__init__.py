"""The cache: what was computed once is kept under a key of everything that decided it."""
