"""What the stages of an analysis work with: the library, the models and the pool of workers."""

from dataclasses import dataclass

import orjson

from core.jobs.executors import UnitPool
from core.library.library import Library
from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class Workshop:
    """Passed to every stage; holds no state of its own."""

    library: Library
    models: ModelStore
    pool: UnitPool

    def library_settings(self, stage: str) -> dict[str, object]:
        """The library's own values for a stage's parameters (settings ``stage.<name>``), empty when there are none."""
        row = (
            self.library.store.read()
            .execute("SELECT value FROM settings WHERE key = ?", (f"stage.{stage}",))
            .fetchone()
        )
        values: dict[str, object] = orjson.loads(row["value"]) if row is not None else {}
        return values

    def model_version(self, model_id: str) -> str:
        """First 12 hex digits of the model file's sha256, for the provenance of a run."""
        return self.models.version(model_id)
