"""The catalogue of model files, fetching them, and inference sessions."""
