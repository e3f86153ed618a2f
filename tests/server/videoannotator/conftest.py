"""Servers for the tests of this API."""

from tests.server.videoannotator.live import among_others, api, film

__all__ = ["among_others", "api", "film"]
