"""Servers for the tests of the provider."""

from tests.server.speech_server import server, worker

__all__ = ["server", "worker"]
