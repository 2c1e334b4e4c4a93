"""The tuning parts: which values a search tries next."""
