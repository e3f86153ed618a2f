"""kill -9 at any moment: the library opens, and no edit that was answered is lost.

RUSHES_KILL_ROUNDS sets the number of rounds (50 for the whole trial); a few are part of every run of the tests.
"""

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.identities.invariants import check_invariants
from core.library.library import Library
from core.review.boxes import clustering_of_current_tracks
from models.store import ModelStore
from tests.analysis.running import copied
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.serving import ServerProcess, serve_process

ROUNDS = int(os.environ.get("RUSHES_KILL_ROUNDS", "4"))
NAME = "Counted "
needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


class Counting(threading.Thread):
    """Renames one person with rising numbers, merges two others and undoes it, until the server is gone."""

    def __init__(self, client: Client, start: int) -> None:
        super().__init__(name="counting", daemon=True)
        self.answered = start
        self.edit_ids: list[int] = []
        self.wrong: list[str] = []
        self._client = client

    def run(self) -> None:
        try:
            while True:
                self._count()
        except (OSError, http.client.HTTPException):
            return  # the server was killed

    def _count(self) -> None:
        people = self._client.get("/episodes/film/identities")
        if people.status != 200 or len(people.data["identities"]) < 3:
            time.sleep(0.02)  # between a new detection and its clustering there is nobody
            return
        rows = people.data["identities"]
        named = next((one for one in rows if one["name"].startswith(NAME)), rows[0])
        others = [one["identity_id"] for one in rows if one is not named]
        path = f"/episodes/film/identities/{named['identity_id']}"
        self._note(self._client.patch(path, {"labels": {"name": f"{NAME}{self.answered + 1}"}}), counted=True)
        merge = {"source_ids": others[:1], "target_id": others[1]}
        if self._note(self._client.post("/episodes/film/identities/merge", merge)):
            self._note(self._client.post("/episodes/film/undo"))

    def _note(self, reply: Any, *, counted: bool = False) -> bool:
        """Whether it was done; a run that was published in between is a refusal, not a defect."""
        if reply.status == 200:
            self.edit_ids.append(reply.data["edit_id"])
            self.answered += counted
            return True
        if reply.status not in {400, 404, 409}:
            self.wrong.append(f"{reply.status}: {reply.body[:300]!r}")
        return False


def merging(_client: Client) -> None:
    """Nothing but the edits."""


def clustering(client: Client) -> None:
    """A new clustering of the same tracks."""
    client.post("/jobs/cluster_async", {"ep_id": "film"})


def detecting(client: Client) -> None:
    """The whole search for faces again."""
    client.post("/jobs/detect_track_async", {"ep_id": "film", "profile": "low_power"})


def exporting(client: Client) -> None:
    """The report, in a thread: its answer never comes."""

    def fetch() -> None:
        try:
            client.get("/episodes/film/report.pdf")
        except (OSError, http.client.HTTPException):
            return

    threading.Thread(target=fetch, name="exporting", daemon=True).start()


WORK: tuple[Callable[[Client], None], ...] = (merging, clustering, detecting, exporting)


@needs_sigkill
@pytest.mark.slow
def test_that_no_answered_edit_is_lost_when_the_server_is_killed(
    analysed: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    folder = copied(analysed, tmp_path / "copy")
    chance = random.Random(7)
    counter = 0
    for number in range(ROUNDS):
        work = WORK[number % len(WORK)]
        with serve_process(folder) as server:
            client = Client(f"{server.base_url}/screenalytics")
            bring_up(client)
            counting = Counting(client, counter)
            counting.start()
            time.sleep(0.1)
            work(client)
            time.sleep(chance.uniform(0.02, 0.8))
            kill(server)
            counting.join(20)
        assert counting.wrong == [], (number, work.__name__)
        counter = check(folder, counting, f"round {number}, {work.__name__}")
    assert counter > 0


def bring_up(client: Client) -> None:
    """Let jobs end that the killed server left, and the stages that a new detection needs."""
    for stage in ("", "faces_embed", "cluster"):
        if stage and not client.get("/episodes/film/identities").data["identities"]:
            client.post(f"/jobs/{stage}_async", {"ep_id": "film"})
        deadline = time.monotonic() + 60
        while any(job["state"] in {"pending", "running"} for job in client.get("/jobs").data["jobs"]):
            assert time.monotonic() < deadline, "jobs do not end"
            time.sleep(0.05)


def kill(server: ServerProcess) -> None:
    """The server and its workers, without a word."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    os.kill(server.process.pid, signal.SIGKILL)
    for child in children:
        if child.is_running():
            child.kill()
    server.process.wait(20)
    psutil.wait_procs(children, timeout=5)


def wrong_now(library: Library) -> list[str]:
    """What does not hold; between a new detection and its clustering there is nothing to check."""
    if clustering_of_current_tracks(library, "film") is None:
        return []
    return check_invariants(library.store.read(), "film")


def check(folder: Path, counting: Counting, where: str) -> int:
    """Open the library as the next start would; returns the number that the counted name has now."""
    with Library.open(folder, holder="after") as library:
        assert wrong_now(library) == [], where
        known = {one.edit_id for one in library.moderation.history("film", limit=100_000)}
        lost = [one for one in counting.edit_ids if one not in known]
        assert lost == [], where
        rows = library.store.read().execute(
            "SELECT i.name FROM identities i JOIN runs r ON r.run_id = i.run_id "
            "WHERE r.stage = 'cluster' AND r.current = 1 AND i.deleted = 0 AND i.name LIKE ?",
            (f"{NAME}%",),
        )
        numbers = [int(row["name"].removeprefix(NAME)) for row in rows]
        if not counting.answered:
            return max(numbers, default=0)
        # the request that was on its way when the server died may have been done, or not
        assert numbers in ([counting.answered], [counting.answered + 1]), (where, counting.answered)
        return numbers[0]
