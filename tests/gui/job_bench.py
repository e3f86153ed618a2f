"""Real functions for the job runner, steered by a test."""

import sqlite3
import threading
from pathlib import Path

from core.jobs.types import Job, JobContext


class JobBench:
    """Real functions for the runner, steered by the test."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.started = threading.Event()

    def counting(self, _job: Job, context: JobContext) -> dict[str, object]:
        """Counts until the test lets it end; looks for a cancel as a good job does."""
        done = 0
        context.log("counting begins")
        self.started.set()
        while not self.go_on.wait(0.02):
            done += 1
            context.progress("count", min(done, 100), 100, unit="steps", overall=min(done, 100) / 100)
            context.check()
        return {"counted": done}

    def failing(self, _job: Job, context: JobContext) -> dict[str, object]:
        context.log("about to fail", level="warning")
        raise ValueError("the test wanted this")


def job_states(library: Path) -> list[str]:
    """States of the jobs in a library that nobody has open, oldest first."""
    connection = sqlite3.connect(library / "library.db")
    try:
        return [row[0] for row in connection.execute("SELECT state FROM jobs ORDER BY rowid")]
    finally:
        connection.close()
