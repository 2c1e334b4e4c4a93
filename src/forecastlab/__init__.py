"""forecastlab: experiments in forecasting customer sales."""

__version__ = "0.1.0"
