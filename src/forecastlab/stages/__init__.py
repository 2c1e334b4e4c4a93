"""The pure steps: label customers, build panels, forecast, score."""
