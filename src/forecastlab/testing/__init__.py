"""Contract suites as importable functions: what every part of a kind must do, ours and yours."""
