"""Standing duties and the acts that fulfil them."""
