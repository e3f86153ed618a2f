"""What the alignment strip says: tool tips, and a summary for those who do not see it."""

from PySide6.QtCore import QCoreApplication

from core.procedures.types import Verdict
from widgets.procedures.alignment_scene import AlignmentScene, Band, kinds_of_step
from widgets.procedures.finding_words import (
    MINUS,
    confidence_words,
    finding_title,
    longer_words,
    points_words,
    sentence,
    step_title,
    stretch_words,
)
from widgets.procedures.outcome_look import outcome_words, worst

translate = QCoreApplication.translate


def summary(scene: AlignmentScene) -> str:
    """The whole picture in a few sentences."""
    if scene.why_zero:
        return scene.why_zero
    standing = [scene.findings[mark.finding_id] for mark in scene.marks if mark.verdict is not Verdict.DISMISSED]
    steps = translate("Procedures", "{count} steps").format(count=len(scene.names))
    if not standing:
        return translate("Procedures", "{steps}, all done as shown.").format(steps=steps)
    told = "; ".join(finding_title(finding, scene.names) for finding in standing[:12])
    return f"{steps}. {told}."


def finding_tip(scene: AlignmentScene, finding_id: str) -> str:
    """What a mark tells."""
    finding = scene.findings[finding_id]
    lines = [
        finding_title(finding, scene.names),
        sentence(finding.reason),
        translate("Procedures", "Gold: {times}").format(times=stretch_words(finding.gold)),
        translate("Procedures", "Trainee: {times}").format(times=stretch_words(finding.trainee)),
        f"{confidence_words(finding.confidence)}  ·  {MINUS}{points_words(finding.lost)}",
    ]
    return "\n".join(line for line in lines if line)


def band_tip(scene: AlignmentScene, band: Band) -> str:
    """What a band tells: step, outcome, both stretches, how alike."""
    outcome = band.outcome
    if outcome is None or band.step is None:
        title = (
            translate("Procedures", "Something that is no step")
            if band.step is None
            else translate("Procedures", "{step}, done again").format(step=step_title(band.step, scene.names))
        )
        return f"{title}\n{stretch_words(band.stretch)}"
    standing = [scene.findings[mark.finding_id] for mark in scene.marks if mark.verdict is not Verdict.DISMISSED]
    kind = worst(kinds_of_step(band.step, standing))
    lines = [
        step_title(band.step, scene.names),
        outcome_words(outcome, kind),
        translate("Procedures", "Gold: {times}").format(times=stretch_words(outcome.gold)),
        translate("Procedures", "Trainee: {times}").format(times=stretch_words(outcome.trainee)),
    ]
    if outcome.trainee is not None:
        spent_s = outcome.trainee.end_s - outcome.trainee.start_s
        away = longer_words(spent_s, outcome.gold.end_s - outcome.gold.start_s)
        alike = translate("Procedures", "{percent} alike").format(percent=f"{outcome.similarity:.0%}")
        lines.append(f"{alike}  ·  {away}" if away else alike)
    return "\n".join(lines)
