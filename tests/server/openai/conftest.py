"""Servers for the tests of the adapter."""

from tests.server.speech_server import server, worker

__all__ = ["server", "worker"]
