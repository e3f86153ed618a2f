"""The work itself. Knows neither Qt nor HTTP."""
