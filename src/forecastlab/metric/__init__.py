"""The metric parts: measures of forecasts."""
