"""The target parts: what is foretold."""
