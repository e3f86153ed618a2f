"""How a checkout becomes a running program. Standard library only: it runs before anything is installed."""
