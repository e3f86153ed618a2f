"""Servers for the tests of this API."""

from tests.server.speech_server import server, worker

__all__ = ["server", "worker"]
