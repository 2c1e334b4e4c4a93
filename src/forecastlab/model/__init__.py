"""The model parts: forecast methods."""
