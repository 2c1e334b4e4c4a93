"""Methods that give every customer a score: one file per method."""
