"""Records as they are stored: a comparison with two findings, and what made it."""

from pathlib import Path
from typing import Any

from core.jobs.events import Event, ProcedureChanged
from core.library.library import Library
from core.procedures.json_forms import settings_to_plain
from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    PathPoint,
    Score,
    ScoreVersions,
    StepOutcome,
    Stretch,
    TaskSettings,
)
from tests.made_video import Segment, write_video


def small_video(path: Path, *, seconds: float = 2.0, colour: tuple[int, int, int] = (90, 90, 90)) -> Path:
    """A real file that is quickly written."""
    return write_video(path, segments=[Segment(seconds=seconds, colour=colour)], fps=4, size=(64, 48))


def audit_kinds(library: Library) -> list[str]:
    """Kinds of the trail's entries that are not about jobs, oldest first."""
    rows = library.store.read().execute("SELECT kind FROM audit_log WHERE kind <> 'job' ORDER BY entry_id")
    return [row["kind"] for row in rows]


def heard(library: Library) -> list[ProcedureChanged]:
    """A list that grows with everything that is told of procedures from now on."""
    events: list[ProcedureChanged] = []

    def receive(event: Event) -> None:
        if isinstance(event, ProcedureChanged):
            events.append(event)

    library.events.subscribe(receive)
    return events


def made_comparison(*, points: int = 3, similarity_map: tuple[tuple[int, ...], ...] = ()) -> Comparison:
    """Two steps of 50 points: the first took too long (lost 5), the second is missing (lost 50)."""
    steps = (
        StepOutcome(0, "Öffnen", Stretch(0.0, 4.0), Stretch(0.5, 9.0), 0.9, 6.0, 50.0, {"over_time": 5.0}),
        StepOutcome(1, "Close", Stretch(4.0, 8.0), None, 0.0, 6.0, 50.0, {"step_missing": 50.0}, critical=True),
    )
    findings = (
        Finding("f1", FindingType.OVER_TIME, 0, Stretch(0.0, 4.0), Stretch(0.5, 9.0), 0.8, "took 8.5 s", 5.0),
        Finding("f2", FindingType.STEP_MISSING, 1, Stretch(4.0, 8.0), None, 0.99, "not found", 50.0),
    )
    path = tuple(PathPoint(index / 4, index / 4 + 0.5, 0.9 - index / 1e4, 0) for index in range(points))
    return Comparison(
        score=45.0,
        steps=steps,
        lost={},
        findings=findings,
        metrics={"miss": 1.0, "swap": 0.0},
        path=path,
        gold_boundaries=(0, 1, 2),
        trainee_boundaries=(0, 2),
        gold_clip_steps=(0, 1),
        trainee_clip_steps=(0, 0),
        clip_preview=((0, 0, 0.95), (0, 1, 0.9)),
        similarity_map=similarity_map,
        notes=("It starts 0.5 s late.",),
    )


def made_versions(settings: TaskSettings | None = None) -> ScoreVersions:
    """Of scores that no job has made."""
    return ScoreVersions(
        "made", "1", None, 1, 1, 2, settings_to_plain(settings or TaskSettings()), "test", ((3, 4, 5),)
    )


def store_score(library: Library, *, job_id: str = "job-1", pair: tuple[int, int] = (1, 2), **fields: Any) -> Score:
    """Store :func:`made_comparison` or ``comparison`` as a job would."""
    return library.procedures.add_score(
        job_id=job_id,
        task_id="t",
        gold_video_id=pair[0],
        trainee_video_id=pair[1],
        comparison=fields.get("comparison", made_comparison()),
        versions=fields.get("versions", made_versions()),
    )


def count(library: Library, table: str) -> int:
    """Rows of a table."""
    return int(library.store.read().execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
