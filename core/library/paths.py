"""Where everything lies inside a library folder."""

from dataclasses import dataclass
from pathlib import Path

RUN_TEMP = ".tmp-"
TRASH = ".trash-"


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    """Names inside ``root``; makes no folder itself."""

    root: Path

    @property
    def database(self) -> Path:
        """The one database."""
        return self.root / "library.db"

    @property
    def lock(self) -> Path:
        """Locked by the operating system while a process has the library open."""
        return self.root / "library.lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock, as JSON."""
        return self.root / "library.holder.json"

    @property
    def backups(self) -> Path:
        """Copies of the database from before each change of its schema."""
        return self.root / "backups"

    @property
    def episodes(self) -> Path:
        """One folder for each episode."""
        return self.root / "episodes"

    @property
    def jobs(self) -> Path:
        """One work folder for each job that is not done."""
        return self.root / "jobs"

    def episode(self, ep_id: str) -> Path:
        """What was computed about an episode; the exports lie right in it."""
        return self.episodes / ep_id

    def runs(self, ep_id: str) -> Path:
        """The runs of an episode."""
        return self.episode(ep_id) / "runs"

    def run(self, ep_id: str, stage: str, run_id: int) -> Path:
        """A published run."""
        return self.runs(ep_id) / f"{stage}-{run_id:05d}"

    def run_temp(self, ep_id: str, stage: str, run_id: int) -> Path:
        """A run that is being written."""
        return self.runs(ep_id) / f"{RUN_TEMP}{stage}-{run_id:05d}"

    def job(self, job_id: str) -> Path:
        """Results of a job's units, kept until it ends well so that it can go on after an interruption."""
        return self.jobs / job_id
