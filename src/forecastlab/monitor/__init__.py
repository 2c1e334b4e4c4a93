"""What is kept an eye on while forecasts are in use: one module per watch."""
