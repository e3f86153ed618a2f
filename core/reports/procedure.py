"""The report of a score as a PDF: was the procedure followed, and what was it lost for."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from reportlab.platypus.flowables import Flowable, PageBreak

from core.audit.notes import note_export
from core.export.write import check_target, replacing
from core.library.library import Library
from core.reports import pages
from core.reports.episode import prepare_folder
from core.reports.procedure_alignment import alignment_part, likeness_part
from core.reports.procedure_cover import cover_part
from core.reports.procedure_facts import (
    gold_part,
    measures_part,
    settings_part,
    signatures_part,
    trainee_part,
    versions_part,
)
from core.reports.procedure_findings import findings_part
from core.reports.procedure_source import ProcedureReport, read_procedure_report
from core.reports.procedure_steps import notes_part, steps_part

_PARTS = (
    steps_part,
    alignment_part,
    likeness_part,
    notes_part,
    findings_part,
    signatures_part,
    versions_part,
    settings_part,
    measures_part,
    gold_part,
    trainee_part,
)
_LEAST_ROOM = 280.0
"""For a heading and the first deviation or some rows."""


def write_score_report(
    library: Library,
    score_id: int,
    path: Path,
    *,
    check: Callable[[], None] | None = None,
    actor: str = "",
) -> Path:
    """Write the report of a score as it is now; an existing file is replaced only by a whole new one.

    ``check`` is called several times a page and raises to stop; nothing is left behind then. The folder ``reports`` of
    the library is made when it is not there. Stills come from the videos, masked as those say; where a video is gone
    the report says so. Raises NotFound, InvalidRequest (a folder as target), StorageFull, StorageUnwritable and what
    ``check`` raises.
    """
    prepare_folder(library, path)
    check_target(path)
    source = read_procedure_report(library, score_id, check=check or _go_on)
    subject, task_id = f"score {score_id}", source.score.task_id
    note = partial(note_export, library.store, "procedure report", subject, path, actor=actor, task_id=task_id)
    with replacing(path, note) as file:
        build(source, file)
    return path


def build(source: ProcedureReport, file: IO[bytes]) -> None:
    """Set all pages and write the file; ``source.check`` is called on every page."""
    score = source.score
    facts = pages.PageFacts(
        title=f"{source.task_title}: {score.score:g} of 100",
        subject=f"Procedure report of score {score.score_id}, task {score.task_id}",
        heading=source.task_title,
        kind="Procedure report",
        program=source.program,
        check=source.check,
    )
    story: list[Flowable] = [*cover_part(source), PageBreak()]
    for part in _PARTS:
        source.check()
        story += pages.part(part(source), _LEAST_ROOM)
    pages.build(facts, story, file)


def _go_on() -> None:
    """Nobody wants to stop."""
