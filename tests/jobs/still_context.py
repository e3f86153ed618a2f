"""A JobContext without a job."""

import threading

from core.errors import Canceled


class StillContext:
    """Set ``asked`` to cancel."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.asked_at = 0.0
        self.lines: list[str] = []

    @property
    def job_id(self) -> str:
        return "job-000000"

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", overall: float | None = None) -> None:
        self.lines.append(f"{stage} {done}/{total} {unit} {overall}")

    def log(self, text: str, *, level: str = "info") -> None:
        self.lines.append(f"{level}: {text}")

    @property
    def canceled(self) -> bool:
        return self.asked.is_set()

    def check(self) -> None:
        if self.canceled:
            raise Canceled("The test canceled.")
