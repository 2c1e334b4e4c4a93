"""The feature parts: columns that regressions use."""
