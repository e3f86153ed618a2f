"""Servers for the tests of this API."""

from tests.server.pytoon.live import among_others, api, no_environment

__all__ = ["among_others", "api", "no_environment"]
