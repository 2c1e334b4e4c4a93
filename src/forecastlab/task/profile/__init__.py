"""``profile``: one page and one run about a data set, before anything is foretold of it."""
