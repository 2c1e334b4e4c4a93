"""Buy till you die: how often customers buy, when they stop, and what they spend, told from a few numbers of each."""
