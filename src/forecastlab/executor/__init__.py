"""The executor parts: where jobs run."""
