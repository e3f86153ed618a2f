"""Everything that the report of a score tells, read before the first page is set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import MediaMissing, NotFound, UnsupportedMedia
from core.library.library import Library
from core.procedures.types import Finding, FindingVerdict, ProcedureVideo, Score, StepOutcome, Stretch, Verdict
from core.reports.source import program_name

Still = Callable[[float], bytes | None]
"""The JPEG of a video at a time in seconds, masked; None when it cannot be had."""
STILL_PX = 480


@dataclass(frozen=True, slots=True)
class Side:
    """The gold or the trainee recording. ``deleted``: its row is there, its pictures are not."""

    word: str
    video: ProcedureVideo
    deleted: bool
    still: Still

    @property
    def title(self) -> str:
        """What people call it."""
        return self.video.title or self.video.media_path.name

    @property
    def gone(self) -> str:
        """Why there are no stills; "" when there should be some."""
        if self.deleted:
            return "video deleted"
        return "video not found" if self.video.media_missing else ""


@dataclass(frozen=True, slots=True)
class ProcedureReport:
    """A score as it is now. ``check`` raises to stop."""

    score: Score
    task_title: str
    gold: Side
    trainee: Side
    library: str
    made_at: datetime
    program: str
    check: Callable[[], None]

    @property
    def steps(self) -> tuple[StepOutcome, ...]:
        """Of the gold recording, in its order."""
        return self.score.comparison.steps

    @property
    def pass_mark(self) -> float | None:
        """That of the settings which made the score."""
        mark = self.score.versions.settings.get("pass_mark")
        return float(mark) if isinstance(mark, (int, float)) and not isinstance(mark, bool) else None

    def verdict(self, finding: Finding) -> FindingVerdict | None:
        """What a person said of a finding, if anything."""
        said = self.score.verdicts.get(finding.finding_id)
        return said if said is not None and (said.verdict is not Verdict.NONE or said.comment) else None

    @property
    def dismissed(self) -> int:
        """How many findings cost nothing because a person dismissed them."""
        there = {one.finding_id for one in self.score.comparison.findings}
        said = self.score.verdicts.items()
        return sum(key in there and one.verdict is Verdict.DISMISSED for key, one in said)


def read_procedure_report(library: Library, score_id: int, *, check: Callable[[], None]) -> ProcedureReport:
    """Raises NotFound, and what ``check`` raises."""
    score = library.procedures.score(score_id)
    return ProcedureReport(
        score=score,
        task_title=library.procedures.task(score.task_id).title or score.task_id,
        gold=_side(library, "Gold", score.gold_video_id, check),
        trainee=_side(library, "Trainee", score.trainee_video_id, check),
        library=str(library.path),
        made_at=datetime.now(UTC),
        program=program_name(),
        check=check,
    )


def middle_s(stretch: Stretch) -> float:
    """Where the still of a stretch is taken."""
    return (stretch.start_s + stretch.end_s) / 2


def _side(library: Library, word: str, video_id: int, check: Callable[[], None]) -> Side:
    try:
        video, deleted = library.procedures.video(video_id), False
    except NotFound:
        video, deleted = library.procedures.video(video_id, with_deleted=True), True
    return Side(word, video, deleted, _no_still if deleted else _stills(library, video, check))


def _stills(library: Library, video: ProcedureVideo, check: Callable[[], None]) -> Still:
    from core.procedures.stills import Stills  # noqa: PLC0415  decoders, needed only where there are pictures

    stills = Stills(library)

    def still(t_s: float) -> bytes | None:
        check()
        try:
            return stills.jpeg(video, t_s, STILL_PX)
        except (MediaMissing, UnsupportedMedia, NotFound):
            return None  # a report tells what is known of a video that has gone away since

    return still


def _no_still(_t_s: float) -> None:
    return None
