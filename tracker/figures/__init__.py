"""The one catalogue of computed facts and the rows behind them."""
