"""Servers for the tests of this API."""

from tests.server.sopilot.live import api

__all__ = ["api"]
