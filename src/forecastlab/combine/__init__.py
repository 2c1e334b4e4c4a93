"""The combine parts: rules that make one forecast of several."""
