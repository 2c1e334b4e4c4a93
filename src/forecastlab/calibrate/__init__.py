"""The calibrate parts: rules that turn earlier errors into quantiles."""
