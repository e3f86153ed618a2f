"""Servers for the tests of this API."""

import pytest

from tests.analysis.fixtures import analysed, film
from tests.server.screenalytics.live import empty, live, still, still_empty, worker, worker_reviewed

__all__ = ["analysed", "empty", "film", "live", "nothing_left_running", "still", "still_empty"]
__all__ += ["worker", "worker_reviewed"]

SHARED = {"still", "still_empty"}


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> None:
    """As for all tests; but a server that several tests share may grow a worker thread in one of them."""
    if not SHARED & set(request.fixturenames):
        request.getfixturevalue("nothing_left_running")
