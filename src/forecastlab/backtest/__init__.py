"""The backtest parts: rules that lay folds over time."""
