"""The HTTP APIs: one FastAPI application per document. Never imports Qt."""
