"""The report of a study: one page for those who decide, made of what the study keeps; nothing is computed again."""
